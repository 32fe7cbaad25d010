// One execution of an operation: what it was given, and what failed.

import type { GraphQLError } from 'graphql';
import type { Context } from '../context/context';

export type Values = Readonly<Record<string, unknown>>;

/** A place in the answer. */
export interface Path {
  readonly prev: Path | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
}

export class Run {
  errors: GraphQLError[] | undefined;
  /** Where an error has made a null of something: what else fails beneath it is not told. */
  private nulled: Set<Path | undefined> | undefined;

  constructor(
    readonly context: Context,
    readonly variables: Values,
  ) {}

  failed(error: GraphQLError, path: Path | undefined): void {
    this.nulled ??= new Set();
    for (let at = path; at !== undefined; at = at.prev) if (this.nulled.has(at)) return;
    if (this.nulled.has(undefined)) return;
    this.nulled.add(path);
    this.errors ??= [];
    this.errors.push(error);
  }
}

// From what a resolver gave to what is answered, by the type of the field, as graphql's `execute` does it.

import {
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
} from 'graphql';
import type { Selected } from './collected';
import type { Path, Run } from './run';

/** What an abstract type may have among its extensions. */
export interface AbstractExtensions {
  /** The name of the type that `resolveType` finds for the value; undefined if it has to be asked. */
  typeNameOf?: (value: unknown) => string | undefined;
}

/** The value, or a promise of it. @throws whatever makes it none */
export type Complete = (run: Run, value: unknown, path: Path) => unknown;

/** What is to be known of a field. */
export interface Completed {
  readonly schema: GraphQLSchema;
  readonly nodes: Selected;
  /** Such as `Device.firmware`. */
  readonly label: string;
  infoOf(run: Run, path: Path): GraphQLResolveInfo;
  /** The fields of a value of this type. */
  fieldsOf(type: GraphQLObjectType, run: Run, value: unknown, path: Path): unknown;
}

/** The value of a field or of an item; null in place of a failure, if the type has a null. @throws GraphQLError if it has none */
export function settled(
  field: Completed,
  run: Run,
  value: unknown,
  path: Path,
  type: GraphQLOutputType,
  complete: Complete,
): unknown {
  if (value instanceof Promise)
    return value.then(
      (later) => settled(field, run, later, path, type, complete),
      (cause) => failure(field, run, cause, path, type),
    );
  try {
    const completed = complete(run, value, path);
    if (!(completed instanceof Promise)) return completed;
    return completed.then(undefined, (cause) => failure(field, run, cause, path, type));
  } catch (cause) {
    return failure(field, run, cause, path, type);
  }
}

/** @throws GraphQLError if the type has no null */
export function failure({ nodes }: Completed, run: Run, cause: unknown, path: Path, type: GraphQLOutputType): null {
  const error = locatedError(cause, nodes, keysOf(path));
  if (isNonNullType(type)) throw error;
  run.failed(error, path);
  return null;
}

export function completionOf(type: GraphQLOutputType, field: Completed): Complete {
  if (isNonNullType(type)) {
    const complete = completionOf(type.ofType, field);
    return (run, value, path) => {
      const completed = complete(run, value, path);
      if (completed === null) throw new Error(`Cannot return null for non-nullable field ${field.label}.`);
      return completed;
    };
  }
  const complete = completionOfValue(type, field);
  return (run, value, path) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : complete(run, value, path);
  };
}

function completionOfValue(type: GraphQLOutputType, field: Completed): Complete {
  if (isLeafType(type)) return (_run, value) => serialized(type, value);
  if (isListType(type)) return completionOfList(type.ofType, field);
  if (isAbstractType(type)) return completionOfAbstract(type, field);
  return (run, value, path) => field.fieldsOf(type as GraphQLObjectType, run, value, path);
}

function completionOfList(type: GraphQLOutputType, field: Completed): Complete {
  const complete = completionOf(type, field);
  return (run, value, path) => {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value))
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${field.label}".`);
    let isPending = false;
    const items = Array.from(value as Iterable<unknown>, (item, key) => {
      const completed = settled(field, run, item, { prev: path, key, typename: undefined }, type, complete);
      isPending ||= completed instanceof Promise;
      return completed;
    });
    return isPending ? Promise.all(items) : items;
  };
}

function completionOfAbstract(type: GraphQLAbstractType, field: Completed): Complete {
  const known = new Map<unknown, GraphQLObjectType>();
  const as = (name: unknown, run: Run, value: unknown, path: Path) => {
    const seen = known.get(name);
    if (seen) return field.fieldsOf(seen, run, value, path);
    const own = field.schema.getType(String(name));
    if (!isObjectType(own) || !field.schema.isSubType(type, own))
      throw new GraphQLError(`Abstract type "${type.name}" was resolved to "${name}".`);
    known.set(name, own);
    return field.fieldsOf(own, run, value, path);
  };
  const { typeNameOf } = type.extensions as AbstractExtensions;
  return (run, value, path) => {
    const name = typeNameOf?.(value) ?? type.resolveType?.(value, run.context, field.infoOf(run, path), type);
    return name instanceof Promise ? name.then((later) => as(later, run, value, path)) : as(name, run, value, path);
  };
}

/** The value of a leaf that stands as it is; undefined if there is more to it, or it does not fit. */
export function plainly(value: unknown, type: GraphQLLeafType): unknown {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  try {
    return type.serialize(value) ?? undefined;
  } catch {
    return undefined;
  }
}

function serialized(type: GraphQLLeafType, value: unknown): unknown {
  const serializedValue = type.serialize(value);
  if (serializedValue !== undefined && serializedValue !== null) return serializedValue;
  throw new Error(`A value of the type ${type.name} serializes to nothing.`);
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}

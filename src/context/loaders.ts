// What one operation remembers of the platform: the same read once, the statuses of many devices in one call.

import DataLoader from 'dataloader';
import type { Action } from '../tokenapi/action';
import { createAdmission, NoPlace } from '../tokenapi/admission';
import type { TokenApiClient } from '../tokenapi/client';
import { NotSent } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import { type Batch, BatchReader } from './batch';

/** Reads of one operation that are upstream at once. */
export const READS_IN_FLIGHT_LIMIT = 10;

// biome-ignore lint/suspicious/noExplicitAny: a loader remembers reads of every shape; `read` gives each its own back
type AnyAction = Action<any, any>;

export interface Loaders {
  /** @throws a TokenApiFailure */
  read<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Payload>;
  /** One of a batch. @throws a TokenApiFailure */
  readOf<Value>(batch: Batch<unknown, Value>, key: string): Value | Promise<Value>;
  /** Many of a batch, before they are asked for one by one. Never throws. */
  readAhead<Value>(batch: Batch<unknown, Value>, keys: readonly string[]): Promise<void>;
}

export function createLoaders(client: TokenApiClient, caller: Caller): Loaders {
  const turns = createAdmission(READS_IN_FLIGHT_LIMIT, Number.POSITIVE_INFINITY, 1);
  const readers = new Map<unknown, BatchReader<unknown, unknown>>();

  /** A call in its turn. Its time runs from `startedAt`, waiting included, so that an operation ends in time, however much it reads. */
  async function call(action: AnyAction, parameters: object, startedAt: number): Promise<unknown> {
    try {
      // Stryker disable next-line ArithmeticOperator: a call whose turn comes after its time finds so itself, and is not sent.
      const turn = turns.enter(startedAt + client.timeoutMs - performance.now(), caller.abandoned);
      // Stryker disable next-line ConditionalExpression: to await nothing takes a moment alone.
      if (turn) await turn;
    } catch (cause) {
      throw cause instanceof NoPlace ? new NotSent(cause.message) : cause;
    }
    try {
      return (await client.call(action, parameters, caller, startedAt)).payload;
    } finally {
      turns.leave();
    }
  }

  const single = new DataLoader<{ action: AnyAction; parameters: object }, unknown, string>(
    (keys) =>
      Promise.all(keys.map(({ action, parameters }) => call(action, parameters, performance.now()).catch(errorOf))),
    // Reads that have no batch upstream must not wait for each other's ends either.
    // Stryker disable next-line BooleanLiteral: it saves time alone.
    { batch: false, cacheKeyFn: ({ action, parameters }) => JSON.stringify([action.name, parameters]) },
  );

  function readerOf<Value>(batch: Batch<unknown, Value>): BatchReader<unknown, Value> {
    let reader = readers.get(batch);
    if (!reader) {
      reader = new BatchReader<unknown, unknown>(batch, call);
      readers.set(batch, reader);
    }
    return reader as BatchReader<unknown, Value>;
  }

  return {
    read: (action, parameters) => single.load({ action, parameters }) as never,
    readOf: (batch, key) => readerOf(batch).read(key),
    // Stryker disable next-line ArrowFunction: it saves time alone.
    readAhead: (batch, keys) => readerOf(batch).readAhead(keys),
  };
}

/** DataLoader takes the error of one read as the value in its place. */
const errorOf = (cause: unknown): Error => cause as Error;

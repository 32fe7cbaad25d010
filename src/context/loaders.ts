// What one operation remembers of the platform: the same read once, the statuses of many devices in one call.

import DataLoader from 'dataloader';
import type { Action } from '../tokenapi/action';
import type { Accepted, TokenApiClient } from '../tokenapi/client';
import { NotSent, OverShare } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import { type Batch, BatchReader } from './batch';
import { createTurns } from './turns';

/** Reads of one operation that are upstream at once. */
export const READS_IN_FLIGHT_LIMIT = 10;
/** Calls of one operation. What it needs is estimated before it begins; a refused batch is asked again by halves, which is not in it. */
export const UPSTREAM_CALLS_LIMIT = 300;

// biome-ignore lint/suspicious/noExplicitAny: a loader remembers reads of every shape; `read` gives each its own back
type AnyAction = Action<any, any>;

export interface Loaders {
  /** @throws a TokenApiFailure */
  read<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Accepted<Payload>>;
  /** One of a batch. @throws a TokenApiFailure */
  readOf<Value>(batch: Batch<unknown, Value>, key: string): Value | Promise<Value>;
  /** Many of a batch, before they are asked for one by one. Never throws. */
  readAhead<Value>(batch: Batch<unknown, Value>, keys: readonly string[]): Promise<void>;
}

export function createLoaders(client: TokenApiClient, caller: Caller): Loaders {
  const turns = createTurns(() => READS_IN_FLIGHT_LIMIT);
  let calls = 0;
  const readers = new Map<unknown, BatchReader<unknown, unknown>>();

  /** Why no further read of this operation is tried: a hundred refusals cost more than one, and say the same. */
  let refusal: Error | undefined;

  /** A call in its turn, unless the client has left by then. The call's own time begins when it is sent. */
  const call = (action: AnyAction, parameters: object): Promise<Accepted<unknown>> =>
    turns.take(async () => {
      if (refusal) throw refusal;
      if (++calls > UPSTREAM_CALLS_LIMIT) throw new NotSent('The operation has made as many calls as it may.');
      if (caller.abandoned()) throw new NotSent('The client left before its turn.');
      try {
        return await client.call(action, parameters, caller);
      } catch (cause) {
        if (mayNotBeSentNow(cause)) refusal = cause;
        throw cause;
      }
    });

  const single = new DataLoader<{ action: AnyAction; parameters: object }, Accepted<unknown>, string>(
    (keys) => Promise.all(keys.map(({ action, parameters }) => call(action, parameters).catch(errorOf))),
    // Reads that have no batch upstream must not wait for each other's ends either.
    // Stryker disable next-line BooleanLiteral: it saves time alone.
    { batch: false, cacheKeyFn: ({ action, parameters }) => JSON.stringify([action.name, parameters]) },
  );

  function readerOf<Value>(batch: Batch<unknown, Value>): BatchReader<unknown, Value> {
    let reader = readers.get(batch);
    if (!reader) {
      const payloadOf = async (action: AnyAction, parameters: object) => (await call(action, parameters)).payload;
      reader = new BatchReader<unknown, unknown>(batch, payloadOf);
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

/** Refused before the send, for a reason that counts for every read of this user. */
const mayNotBeSentNow = (cause: unknown): cause is Error =>
  cause instanceof OverShare || (cause instanceof NotSent && cause.retryAfterMs !== undefined);

/** DataLoader takes the error of one read as the value in its place. */
const errorOf = (cause: unknown): Error => cause as Error;

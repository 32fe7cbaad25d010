// What one operation remembers of the upstream: the same read once, the statuses of many devices in one call.

import DataLoader from 'dataloader';
import type { Action } from '../tokenapi/action';
import { createAdmission, NoPlace } from '../tokenapi/admission';
import type { Answered, Caller, TokenApiClient } from '../tokenapi/client';
import { type KnownCode, knownCodeFrom } from '../tokenapi/codes';
import { NotSent, Refused } from '../tokenapi/errors';

/** Reads of one operation that are upstream at once. */
export const READS_IN_FLIGHT_LIMIT = 10;

// biome-ignore lint/suspicious/noExplicitAny: a loader remembers reads of every shape; `read` gives each its own back
type AnyAction = Action<any, any>;

/** A read of many things in one call. The upstream refuses it as a whole. */
export interface Batch<Key, Payload, Value> {
  readonly action: Action<object, Payload>;
  readonly limit: number;
  parametersFor(keys: readonly Key[]): object;
  valueOf(payload: Payload, key: Key): Value;
}

export interface Loaders {
  /** @throws a TokenApiFailure */
  read<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Payload>;
  /** One of a batch: what is asked for in the same tick is read together. @throws a TokenApiFailure */
  readOf<Value>(batch: Batch<string, unknown, Value>, key: string): Promise<Value>;
  /** Reads many of a batch at once, without a promise for each; `known` has them afterwards. Never throws. */
  readAhead<Value>(batch: Batch<string, unknown, Value>, keys: readonly string[]): Promise<void>;
  /** What was read ahead, or why it could not be; undefined if it was not. */
  known<Value>(batch: Batch<string, unknown, Value>, key: string): Value | Error | undefined;
}

/** Refusals that may be about one device of many. Others are about the user or the platform, and so about all. */
const mayBeOneDevices: ReadonlySet<KnownCode | undefined> = new Set<KnownCode>([
  'InvalidParameterValue',
  'InvalidParameterValue.NoPermission',
  'UnauthorizedOperation',
  'ResourceNotFound',
  'ResourceNotFound.DeviceHasNoFirmware',
]);

export function createLoaders(client: TokenApiClient, caller: Caller): Loaders {
  const gate = createAdmission(READS_IN_FLIGHT_LIMIT, Number.POSITIVE_INFINITY, 1);
  const batches = new Map<unknown, DataLoader<string, unknown>>();
  const ahead = new Map<unknown, ReadonlyMap<string, unknown>>();

  /** A call in its turn. Its time runs from `startedAt`, waiting included, so that an operation ends in time, however much it reads. */
  async function call(action: AnyAction, parameters: object, startedAt: number): Promise<Answered<unknown>> {
    try {
      const place = gate.enter(startedAt + client.timeoutMs - performance.now(), caller.abandoned);
      if (place) await place;
    } catch (cause) {
      throw cause instanceof NoPlace ? new NotSent(cause.message) : cause;
    }
    try {
      return await client.call(action, parameters, caller, startedAt);
    } finally {
      gate.leave();
    }
  }

  const single = new DataLoader<{ action: AnyAction; parameters: object }, unknown, string>(
    (keys) =>
      Promise.all(keys.map(({ action, parameters }) => payloadOrError(call(action, parameters, performance.now())))),
    // Reads that have no batch upstream must not wait for each other's ends either.
    { batch: false, cacheKeyFn: ({ action, parameters }) => JSON.stringify([action.name, parameters]) },
  );

  /** The values of the keys, or for each the error that is its own: a refused batch is asked again by halves. */
  async function valuesOf<Value>(
    batch: Batch<string, unknown, Value>,
    keys: readonly string[],
    startedAt: number,
  ): Promise<(Value | Error)[]> {
    try {
      const { payload } = await call(batch.action, batch.parametersFor(keys), startedAt);
      return keys.map((key) => batch.valueOf(payload, key));
    } catch (cause) {
      const error = cause as Error;
      if (keys.length === 1 || !(error instanceof Refused && mayBeOneDevices.has(knownCodeFrom(error.code))))
        return keys.map(() => error);
      const middle = Math.ceil(keys.length / 2);
      const halves = [keys.slice(0, middle), keys.slice(middle)];
      return (await Promise.all(halves.map((half) => valuesOf(batch, half, startedAt)))).flat();
    }
  }

  return {
    read: (action, parameters) => single.load({ action, parameters }) as never,
    readOf(batch, key) {
      let loader = batches.get(batch);
      if (!loader) {
        loader = new DataLoader((keys) => valuesOf(batch, keys, performance.now()), { maxBatchSize: batch.limit });
        batches.set(batch, loader);
      }
      return loader.load(key) as never;
    },
    async readAhead(batch, keys) {
      const startedAt = performance.now();
      const distinct = [...new Set(keys)];
      const values = new Map<string, unknown>();
      const chunks = Array.from({ length: Math.ceil(distinct.length / batch.limit) }, (_, i) =>
        distinct.slice(i * batch.limit, (i + 1) * batch.limit),
      );
      await Promise.all(
        chunks.map(async (chunk) => {
          const read = await valuesOf(batch, chunk, startedAt);
          for (const [i, key] of chunk.entries()) values.set(key, read[i]);
        }),
      );
      ahead.set(batch, values);
    },
    known: (batch, key) => ahead.get(batch)?.get(key) as never,
  };
}

const payloadOrError = (answered: Promise<Answered<unknown>>): Promise<unknown> =>
  answered.then(
    ({ payload }) => payload,
    (cause) => cause,
  );

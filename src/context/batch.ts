// Reads of many things in one call, and what one operation has read of them.

import DataLoader from 'dataloader';
import type { Action } from '../tokenapi/action';
import { mayConcernOneDevice } from '../tokenapi/codes';
import { Refused } from '../tokenapi/errors';

/** A read of many things in one call. The platform refuses it as a whole. */
export interface Batch<Payload, Value> {
  readonly action: Action<object, Payload>;
  /** Things that one call may ask for. */
  readonly limit: number;
  parametersFor(keys: readonly string[]): object;
  valueOf(payload: Payload, key: string): Value;
}

/** Calls the batch's action for these keys. @throws a TokenApiFailure */
type Call<Payload> = (action: Action<object, Payload>, parameters: object) => Promise<Payload>;

/** What one operation has read of a batch. */
export class BatchReader<Payload, Value> {
  private readonly ahead = new Map<string, Value | Error>();
  private readonly loader: DataLoader<string, Value>;

  constructor(
    private readonly batch: Batch<Payload, Value>,
    private readonly call: Call<Payload>,
  ) {
    this.loader = new DataLoader((keys) => this.valuesOf(keys), { maxBatchSize: batch.limit });
  }

  /** What was read ahead; else a promise, and what is asked for in the same tick is read together. @throws a TokenApiFailure */
  read(key: string): Value | Promise<Value> {
    const value = this.ahead.get(key);
    if (value === undefined) return this.loader.load(key);
    if (value instanceof Error) throw value;
    return value;
  }

  // Stryker disable all: what is not read ahead, `read` asks for in the same calls; it saves time alone.
  /** Reads many at once, without a promise for each. Never throws: `read` says why one could not be read. */
  async readAhead(keys: readonly string[]): Promise<void> {
    const distinct = [...new Set(keys)];
    const chunks: string[][] = [];
    for (let i = 0; i < distinct.length; i += this.batch.limit) chunks.push(distinct.slice(i, i + this.batch.limit));
    await Promise.all(
      chunks.map(async (chunk) => {
        const values = await this.valuesOf(chunk);
        for (const [i, key] of chunk.entries()) this.ahead.set(key, values[i] as Value | Error);
      }),
    );
  }

  // Stryker restore all

  /** The values of the keys, or for each the error that is its own: a refused batch is asked again by halves. */
  private async valuesOf(keys: readonly string[]): Promise<(Value | Error)[]> {
    try {
      const payload = await this.call(this.batch.action, this.batch.parametersFor(keys));
      return keys.map((key) => this.batch.valueOf(payload, key));
    } catch (cause) {
      if (keys.length === 1 || !(cause instanceof Refused && mayConcernOneDevice(cause.code)))
        return keys.map(() => cause as Error);
      const middle = Math.ceil(keys.length / 2);
      const halves = [keys.slice(0, middle), keys.slice(middle)];
      return (await Promise.all(halves.map((half) => this.valuesOf(half)))).flat();
    }
  }
}

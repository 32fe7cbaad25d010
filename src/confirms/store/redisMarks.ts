// Where the generation stands: a random id that is gone once Redis has lost its data. A server of a Cluster loses its own data alone,
// so there are marks enough for each to have one.

import type { RedisAddress } from './redisAddress';
import { type RedisClient, slotOf } from './redisClient';

const SLOTS = 16_384;
/** Evenly over the slots: a server has one as long as it has 2048 slots in a row. */
const CLUSTER_MARKS = 16;

export interface Marks {
  readonly names: readonly string[];
  /** The mark beside which a name is kept. */
  beside(name: string, client: RedisClient): string;
}

export function marksFor({ kind }: RedisAddress): Marks {
  if (kind !== 'cluster') return { names: ['generation'], beside: () => 'generation' };
  const names = Array.from({ length: CLUSTER_MARKS }, (_, part) => nameIn(part));
  return {
    names,
    beside(name, client) {
      const primary = client.primaryOf(name);
      const inPart = String(names[partOf(name)]);
      return client.primaryOf(inPart) === primary
        ? inPart
        : (names.find((mark) => client.primaryOf(mark) === primary) ?? inPart);
    },
  };
}

const partOf = (name: string): number => Math.floor((slotOf(name) * CLUSTER_MARKS) / SLOTS);

/** The first name that is in one part of the slots: every release and every replica finds the same. */
function nameIn(part: number): string {
  for (let i = 0; ; i++) if (partOf(`generation:{${i}}`) === part) return `generation:{${i}}`;
}

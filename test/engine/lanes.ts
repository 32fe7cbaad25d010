// Two gateways, one with the fast lane and one without: every operation is sent to both, twice, so that it is new and then known.

import { type Pair, PRODUCT, startPair } from '../pair';

export interface Lanes {
  readonly pairs: readonly Pair[];
  /** The one answer of both, and the calls of the platform that each took. */
  answerTo(query: string, variables?: Record<string, unknown>): Promise<LaneAnswer>;
  /** The one error of an operation that is refused with 400; nothing was sent to the platform. */
  refusalOf(query: string, variables?: Record<string, unknown>): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface LaneAnswer {
  status: number;
  body: Record<string, unknown>;
  calls: number;
}

export async function startLanes(): Promise<Lanes> {
  const env = { INTROSPECTION: 'on', LOG_LEVEL: 'silent' };
  const pairs = await Promise.all(['on', 'off'].map((FAST_LANE) => startPair({ env: { FAST_LANE, ...env } })));

  async function answerTo(query: string, variables?: Record<string, unknown>): Promise<LaneAnswer> {
    const answers: LaneAnswer[] = [];
    for (const pair of [...pairs, ...pairs]) {
      pair.simulator.received.length = 0;
      const { status, body } = await pair.ask(query, variables);
      answers.push({ status, body, calls: pair.simulator.received.length });
    }
    for (const answer of answers) expect(comparable(answer)).toBe(comparable(answers[0]));
    return answers[0] as LaneAnswer;
  }

  return {
    pairs,
    answerTo,
    async refusalOf(query, variables) {
      const { status, body, calls } = await answerTo(query, variables);
      expect({ status, calls, ...body }).toEqual({ status: 400, calls: 0, errors: [expect.anything()] });
      return (body.errors as unknown[])[0];
    },
    close: () => Promise.all(pairs.map((pair) => pair.close())),
  };
}

/** Ids and the jitter of a retry are each answer's own. */
const comparable = (answer: unknown): string =>
  JSON.stringify(answer)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replace(/"retryAfterMs":\d+/g, '');

export const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

export const idsOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `${PRODUCT}/lamp-${i}`);
export const entitiesOf = (ids: readonly string[]) => ({ r: ids.map((id) => ({ __typename: 'Device', id })) });
/** The same device so many times. */
export const sameEntity = (count: number) => entitiesOf(Array(count).fill(`${PRODUCT}/lamp-1`));

export const ERROR = '... on TokenApiError { __typename code message requestId nextStep retryAfterMs }';
export const onEntities = (selection: string): string =>
  `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Device { ${selection} } } }`;
export const onDevices = (selection: string): string => `query ($ids: [ID!]!) { devices(ids: $ids) { ${selection} } }`;

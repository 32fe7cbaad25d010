// Attackers by what they ask: documents and variables that cost more to look at than to write.

import { createHash } from 'node:crypto';
import { CONFIRM } from '../client';
import { PRODUCT } from '../run';
import { type Attack, type Attacker, entities } from './attacker';

const DEVICE = `device(productId: "${PRODUCT}", deviceName: "d")`;
const BODY_LIMIT_BYTES = 524_288;

/** Posts documents, each of them another one: none is known from before. */
const flood = (workers: number, query: (number: number) => string, variables?: object) => (attack: Attack) =>
  attack.repeat(workers, (number) =>
    attack.post({ query: query(number), ...(variables && { variables }) }, attack.token(number % 50)),
  );

const nested = (levels: number, open: string, within: string): string =>
  open.repeat(levels) + within + '}'.repeat(levels);

const nothings = { r: Array(1000).fill({}) };
const tenRoots = entities('id', 10);

/** Documents that contain themselves. Introspection is the one of them whose data has no end either. */
const circles: readonly string[] = [
  '{ __schema { types { ...a } } } fragment a on __Type { ofType { ...a } possibleTypes { ...a } fields { type { ...a } } }',
  '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  `{ devices(ids: ["${PRODUCT}/d"]) { ...a } } fragment a on Device { ...b } fragment b on Device { ...a }`,
];

/** At first as a query that is known by its hash: that must not spare it the second look. */
const circularTwice = (attack: Attack) =>
  attack.repeat(4, async (number) => {
    const query = `query q${number} ${circles[number % circles.length]}`;
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    await attack.post({ query, extensions: { persistedQuery: { version: 1, sha256Hash } } }, attack.token(1));
    for (const more of [{ extensions: {} }, {}]) await attack.post({ query, ...more }, attack.token(1));
  });

/** Each level is spread twice by the one above. */
const doubling = (levels: number, number: number): string =>
  `${Array.from({ length: levels }, (_, level) => {
    const next = level + 1 < levels ? `...f${level + 1} ...f${level + 1}` : 'id';
    return `fragment f${level} on Device { ${next} }`;
  }).join(' ')} query q${number} { ${DEVICE} { ...f0 } }`;

const confirmWith = (extra: string): string =>
  `{"query":${JSON.stringify(CONFIRM)},"variables":{"productId":"${PRODUCT}","deviceName":"d"${extra}`;

/** Bodies near the limit, each of another shape. */
const bodies: readonly string[] = [
  confirmWith(`,"deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`),
  confirmWith(`},"extensions":${'{"a":'.repeat(80_000)}1${'}'.repeat(80_000)}}`),
  confirmWith(`,"many":[${'{},'.repeat(160_000)}{}]}}`),
  confirmWith(`,${Array.from({ length: 30_000 }, (_, n) => `"k${n}":1`).join(',')}}}`),
  confirmWith(`,"deviceName":"${'x'.repeat(BODY_LIMIT_BYTES - 1000)}"}}`),
  confirmWith(`,"deviceName":"${'\\u0001'.repeat(80_000)}"}}`),
  confirmWith(`,"number":${'1'.repeat(500_000)}}}`),
  JSON.stringify({ query: tenRoots, variables: { r: Array(120_000).fill({}) } }),
];

export const documentAttackers: readonly Attacker[] = [
  {
    name: 'padded documents, bad representations',
    why: 'a location per error costs the lines before it: errors times lines',
    harmsNaive: true,
    attack: flood(6, (number) => `${(number % 2 ? '\n' : '#\n').repeat(120_000)}${tenRoots}`, nothings),
  },
  {
    name: 'bad representations, ten times a thousand',
    why: 'each error of an answer costs more than the three bytes that cause it',
    attack: flood(10, (number) => `${'\n'.repeat(2000)}${tenRoots}#${number}`, nothings),
  },
  {
    name: 'fragments within each other',
    why: 'each level costs a walk of all below, and a thousand levels the stack',
    attack: flood(10, (number) => `query q${number} { ${DEVICE} { ${nested(300 + (number % 300), '... {', 'id')} } }`),
  },
  {
    name: 'circular fragments behind a known hash',
    why: 'what was not validated and is executed goes round for ever',
    attack: circularTwice,
  },
  {
    name: 'fragments that double',
    why: 'twenty levels are a million spreads',
    attack: flood(10, (n) => doubling(20, n)),
  },
  {
    name: 'one field, a thousand times',
    why: 'each pair of fields of one name is compared: the square of their number',
    attack: flood(
      20,
      (number) =>
        `query q${number} { ${DEVICE} { ${number % 2 ? 'id '.repeat(1900) : 'firmware { __typename } '.repeat(450)} } }`,
    ),
  },
  {
    name: 'new documents, valid and not',
    why: 'every new document is parsed and validated, and each unknown name is looked for among the known ones',
    attack: flood(20, (number) => {
      const names = Array.from({ length: 900 }, (_, n) => (number % 2 ? `firmwar${n}e` : 'id'));
      return `query q${number} { ${DEVICE} { ${names.join(' ')} } }`;
    }),
  },
  {
    name: 'bodies at their limit',
    why: 'half a megabyte is deep, wide, long or a number',
    attack: (attack) =>
      attack.repeat(10, (number) => attack.post(bodies[number % bodies.length] as string, attack.token(number % 50))),
  },
];

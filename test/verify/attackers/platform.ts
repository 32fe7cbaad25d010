// Attackers by what they make the platform do: calls in great number, slow ones, and those that get no answer.

import type { Manner } from '../bystander/platform';
import { CONFIRM } from '../client';
import { PRODUCT } from '../run';
import { type Attack, type Attacker, entities, idsOf, representations, type Sent } from './attacker';

const LIST = `query($ids: [ID!]!) { devices(ids: $ids) { connectivity { __typename }
  firmware { ... on DeviceFirmware { release { name } } } firmwareUpgrade { __typename } } }`;
const STATUS = 'query($ids: [ID!]!) { devices(ids: $ids) { firmwareUpgrade { __typename } } }';

const confirmOf = (deviceName: string): Sent => ({ query: CONFIRM, variables: { productId: PRODUCT, deviceName } });
const listOf = (query: string, count: number, prefix: string): Sent => ({
  query,
  variables: { ids: idsOf(count, prefix) },
});

/** Reads of so many devices each, all for one user. */
const reads = (workers: number, query: string, devices: number, manner: Manner) => (attack: Attack) =>
  attack.repeat(workers, (number) => attack.post(listOf(query, devices, `r${number}`), attack.token(1, manner)));

/** Confirms of ever new devices, all for one user. */
const confirms = (workers: number, manner: Manner, isKeyed: boolean) => (attack: Attack) =>
  attack.repeat(workers, (number) =>
    attack.post(
      confirmOf(`c-${number}`),
      attack.token(1, manner),
      isKeyed ? { 'idempotency-key': `key-${number}` } : {},
    ),
  );

/** Long enough for a deadline to pass several times within an attack. */
const SOON = { TOKENAPI_TIMEOUT_MS: '1500' };

export const platformAttackers: readonly Attacker[] = [
  {
    name: 'lists of one user, slow platform',
    why: 'forty lists of a hundred devices are ten thousand calls: every place and the whole queue',
    harmsNaive: true,
    attack: reads(40, LIST, 100, 'slow'),
  },
  {
    name: 'lists of two hundred users, slow platform',
    why: 'a share for each user is no bound where users are many',
    attack: (attack) =>
      attack.repeat(200, (number) => attack.post(listOf(LIST, 20, `r${number}`), attack.token(number % 200, 'slow'))),
  },
  {
    name: 'pages of a thousand devices',
    why: 'a page that takes longer than its operation may is cut, and looks as if the platform were silent',
    settings: SOON,
    attack: (attack) =>
      attack.repeat(6, (number) =>
        attack.post(
          {
            query: entities('firmware { __typename } firmwareUpgrade { __typename }'),
            variables: { r: representations(number % 2 ? 1000 : 140, `p${number}`) },
          },
          attack.token(number % 3, 'distant'),
        ),
      ),
  },
  {
    name: 'reads without an answer',
    why: 'twenty silences in a row open the circuit, for everybody',
    settings: SOON,
    attack: reads(60, STATUS, 5, 'silent'),
  },
  {
    name: 'confirms without an answer',
    why: 'the same, where it is dearest',
    settings: SOON,
    harmsNaive: true,
    attack: confirms(60, 'silent', false),
  },
  {
    name: 'reads that the platform cuts',
    why: 'failures that come at once come between two answers of anybody else',
    attack: reads(40, STATUS, 20, 'cut'),
  },
  { name: 'confirms that the platform cuts', why: 'the same, where it is dearest', attack: confirms(40, 'cut', false) },
  { name: 'confirms of one user', why: 'every place of a confirm', attack: confirms(380, 'slow', false) },
  { name: 'confirms of one user, with keys', why: 'every place of a key', attack: confirms(150, 'healthy', true) },
];

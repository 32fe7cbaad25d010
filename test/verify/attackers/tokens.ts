// Attackers by who they say they are: tokens are free to make up.

import type { Manner } from '../bystander/platform';
import { CONFIRM } from '../client';
import { PRODUCT } from '../run';
import { type Attack, type Attacker, idsOf } from './attacker';

const WORDS = [
  'RequestId',
  'Response',
  'Error',
  'Code',
  'Message',
  'data',
  'code',
  'msg',
  '{',
  '"',
  '0',
  'e',
  'Online',
];
const READ = `query($ids: [ID!]!) { devices(ids: $ids) { connectivity { __typename } firmware { __typename } } }`;

/** Reads and keyed confirms by turns, each with the token of its number. */
const askAs = (workers: number, tokenOf: (attack: Attack, number: number) => string) => (attack: Attack) =>
  attack.repeat(workers, (number) => {
    const token = tokenOf(attack, number);
    if (number % 2) return attack.post({ query: READ, variables: { ids: idsOf(3, `t${number}`) } }, token);
    const variables = { productId: PRODUCT, deviceName: `t-${number}` };
    return attack.post({ query: CONFIRM, variables }, token, { 'idempotency-key': `k-${number}` });
  });

const everNew = (manner: Manner) => (attack: Attack, number: number) => attack.token(number, manner);

export const tokenAttackers: readonly Attacker[] = [
  {
    name: 'made-up tokens, refused',
    why: 'a share for each token is worth nothing where each call has another one',
    attack: askAs(200, everNew('refused')),
  },
  {
    name: 'made-up tokens, slow platform',
    why: 'what the platform has not accepted yet must not wait where users do',
    attack: askAs(200, everNew('slow')),
  },
  {
    name: 'made-up tokens, no answer',
    why: 'a stranger must not open the circuit',
    settings: { TOKENAPI_TIMEOUT_MS: '1500' },
    attack: askAs(200, everNew('silent')),
  },
  {
    name: 'words of the envelope as tokens',
    why: 'hiding the token in an answer must not hide the answer; an unknown outcome keeps its key for a day',
    attack: askAs(50, (_, number) => WORDS[number % WORDS.length] as string),
  },
];

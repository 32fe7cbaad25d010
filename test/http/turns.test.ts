// Whose request is worked on next, where those of one client take long.

import { ask, confirm, type Pair, startPair } from '../pair';

/** Some 50 ms of work before its first call. */
const HEAVY = `query ($r: [_Any!]!) { ${Array.from({ length: 10 }, (_, i) => `a${i}: _entities(representations: $r) { __typename }`).join(' ')} }`;
const BAD = { r: Array.from({ length: 1000 }, () => ({ __typename: 'Device', id: '' })) };
const ATTACKERS = 20;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
  await confirm(pair, 'lamp-1');
  await ask(pair.url, HEAVY, BAD);
  // Every request finds its connection open: to open one takes turns, too, of a process that the client shares.
  await Promise.all(Array.from({ length: ATTACKERS + 1 }, () => ask(pair.url, '{ __typename }')));
});
afterAll(() => pair.close());

it.each([
  ['of one user', () => 'demo-token-carol'],
  ['of one user each', (i: number) => `demo-token-carol-${i}`],
  ['of made-up tokens', (i: number) => `made-up-${i}`],
])('a request that comes after twenty heavy ones %s is answered long before the last of them', async (_of, tokenOf) => {
  let answered = 0;
  const heavy = Array.from({ length: ATTACKERS }, (_, i) =>
    ask(pair.url, HEAVY, BAD, { token: tokenOf(i) }).then(() => {
      answered++;
    }),
  );
  // The simulator and this test share the gateway's process, so a call would need more turns than it does for real.
  await ask(pair.url, '{ __typename }');
  expect(answered).toBeLessThan(ATTACKERS / 2);
  await Promise.all(heavy);
});

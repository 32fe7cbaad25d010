// Which requests are taken, from whom, and what joins everything that is logged of one.

import { CONFIRM, confirm, type Pair, startPair, TOKEN } from '../pair';
import { type RefusedRequest, refusalOf } from '../refused';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it.each<RefusedRequest>([
  { name: 'another path', path: '/', status: 404 },
  { name: 'GET', method: 'GET', status: 405 },
  { name: 'PUT', method: 'PUT', status: 405 },
])('refuses $name with $status and JSON, and sends nothing', (request) => refusalOf(pair, request));

it('takes a request id that is short and plain, and makes one otherwise', async () => {
  const idFor = async (id: string) =>
    (await pair.ask('{ __typename }', {}, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
  expect(await idFor('page-7.a')).toBe('page-7.a');
  expect(await idFor('not plain')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idFor('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
});

it('joins the lines of one operation by its id, without the token', async () => {
  const { requestId } = await confirm(pair, 'lamp-7', { headers: { 'x-request-id': 'joined' } });
  const lines = pair.log.filter((line) => line.requestId === 'joined');
  expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['upstream call', 'operation']));
  expect(lines).toContainEqual(expect.objectContaining({ RequestId: requestId, outcome: 'accepted' }));
  expect(JSON.stringify(pair.log)).not.toContain(TOKEN);
});

it('requires the router’s secret where one is set', async () => {
  const guarded = await startPair({ env: { ROUTER_SECRET: 'a secret of some length' } });
  const ask = async (headers: Record<string, string>) =>
    (await guarded.ask(CONFIRM, { productId: 'P', deviceName: 'd' }, { headers })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ 'x-router-secret': 'another' })).toBe(401);
  expect(guarded.simulator.received).toEqual([]);
  expect(await ask({ 'x-router-secret': 'a secret of some length' })).toBe(200);
  await guarded.close();
});

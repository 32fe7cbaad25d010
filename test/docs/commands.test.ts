// The README's curl lines, sent as they stand, give what the README shows.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Pair, startPair } from '../pair';

const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');

/** Each curl line's body, with the JSON that the README shows after it. */
const shown = [...readme.matchAll(/-d '([^']+)'[\s\S]*?```json\n(.*)\n```/g)].map(([, body, json]) => ({
  body: body as string,
  json: JSON.parse(json as string),
}));

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ simulator: { paceMs: 400 } });
});
afterAll(() => pair.close());

async function send(body: string) {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer demo-token-alice' };
  return (await fetch(pair.url, { method: 'POST', headers, body })).json();
}

const withoutIds = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, member) => (key === 'requestId' ? 'some id' : member)));

it('shows at least a success, and the three operations', () => {
  expect(shown.length).toBeGreaterThanOrEqual(4);
});

it.each(shown.map(({ body, json }) => [body, json] as const))('%s', async (body, json) => {
  let answer = await send(body);
  // The one that is to be repeated until the upgrade has ended.
  for (let i = 0; body.includes('isFinal') && !JSON.stringify(answer).includes('"isFinal":true') && i < 1500; i++) {
    await pause(10);
    answer = await send(body);
  }
  expect(withoutIds(answer)).toEqual(withoutIds(json));
});

it('shows the refusal that another device brings', async () => {
  const [first] = shown;
  const refusal = JSON.parse(/prints\n\n```json\n(.*DeviceOfflineError.*)\n```/.exec(readme)?.[1] ?? 'null');
  expect(await send(first?.body.replace('lamp-online', 'lamp-offline') ?? '')).toEqual(refusal);
});

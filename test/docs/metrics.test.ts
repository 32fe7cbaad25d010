// The tables of metrics and of log lines are what a running gateway prints, in both directions.

import { confirm, type Pair, PRODUCT, startPair, TOKEN } from '../pair';
import { confirmOf, connectTo, readToEnd } from '../rawClient';
import { LANGUAGES, namesIn, rowsUnder } from './pages';

const PAGE = 'docs/operating.md';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
  // A success and a refusal: afterwards every metric has a line, and so shows its labels.
  await confirm(pair, 'lamp-1');
  await confirm(pair, 'error-InternalError');
  // One that asks for too much at once.
  const client = connectTo(pair.url);
  client.write(confirmOf('lamp-2').repeat(12));
  await readToEnd(client);
  // A stream that ends by itself.
  const stream = `subscription { firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "lamp-done-before") { device { id } } }`;
  await (
    await fetch(pair.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query: stream }),
    })
  ).text();
  const named = JSON.stringify({ query: 'query Named { __typename }', operationName: 'Named' });
  const byId = JSON.stringify({ documentId: 'any' });
  for (const body of [named, byId])
    await fetch(pair.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
});
afterAll(() => pair.close());

const labelsOf = (line: string) =>
  [...line.matchAll(/(\w+)="/g)].map(([, name]) => name).filter((name) => name !== 'le');

it.each(LANGUAGES)('lists every metric with its type and its labels (%s)', async (language) => {
  const text = await (await fetch(`${pair.adminUrl}/metrics`)).text();
  const types = [...text.matchAll(/^# TYPE (firmware_gateway_\w+) (\w+)$/gm)];
  const printed = types.map(([, name, type]) => {
    const line = new RegExp(`^${name}(_bucket)?[{ ].*$`, 'm').exec(text)?.[0];
    return { name, type, labels: line && labelsOf(line) };
  });
  const listed = rowsUnder(PAGE, 'metric', language).map(([name = '', type, labels = '']) => ({
    name: namesIn(name)[0],
    type,
    labels: namesIn(labels),
  }));
  const byName = (one: { name?: string | undefined }, other: { name?: string | undefined }) =>
    String(one.name).localeCompare(String(other.name));
  expect(printed.length).toBeGreaterThan(10);
  expect(listed.sort(byName)).toEqual(printed.sort(byName));
});

it.each(LANGUAGES)('explains every label (%s)', (language) => {
  const used = rowsUnder(PAGE, 'metric', language).flatMap(([, , labels = '']) => namesIn(labels));
  const explained = rowsUnder(PAGE, 'label', language).flatMap(([label = '']) => namesIn(label));
  expect([...new Set(explained)].sort()).toEqual([...new Set(used)].sort());
});

const LINES = ['operation', 'upstream call', 'confirm begun', 'confirm', 'stream'];

it.each(LANGUAGES.flatMap((language) => LINES.map((msg) => [msg, language] as const)))(
  'lists the members of the log line `%s` (%s)',
  async (msg, language) => {
    const [, , , members = ''] = rowsUnder(PAGE, 'msg', language).find(([name]) => name === `\`${msg}\``) ?? [];
    const written = pair.log.filter((line) => line.msg === msg).flatMap((line) => Object.keys(line));
    const own = [...new Set(written)].filter((name) => !['level', 'time', 'msg'].includes(name));
    expect(own.sort()).toEqual(namesIn(members).sort());
  },
);

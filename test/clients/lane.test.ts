// Every client takes the fast lane from its second request on: nothing that it sends beside the document keeps it from there.

import { figureOf, type Pair, startPair } from '../pair';
import { everyClient } from './everyClient';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

const lanes = () =>
  Promise.all(['fast', 'whole'].map((lane) => figureOf(pair, `requests_by_lane_total{lane="${lane}"}`)));

it.each(everyClient)('takes the fast lane with each document that is known: %s', async (_name, create) => {
  const client = create({ url: pair.url });
  for (const deviceName of ['lamp-1', 'lamp-2', 'lamp-3']) {
    await client.ask(deviceName);
    await client.confirm(deviceName);
    await client.follow(deviceName);
  }
  expect(await lanes()).toEqual([6, 3]);
  client.stop();
});

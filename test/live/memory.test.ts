// What is left once those who watched have gone.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { figureOf, type Pair, startPair, until } from '../pair';
import { follow, type Stream, script } from '../stream';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const MEGABYTE = 1_048_576;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ env: { LIVE_STREAMS_PER_USER: '2000', LIVE_CALLS_PER_SECOND_PER_USER: '50' } });
  script(pair, { a: [{ Status: 1 }], b: [{ Status: 6 }] });
});
afterAll(() => pair.close());

/** Half of them see the end of one device, and stay for the other. */
async function watchAndLeave(count: number): Promise<void> {
  const streams: Stream[] = [];
  for (let i = 0; i < count; i++) streams.push(await follow(pair, i % 2 ? ['a'] : ['a', 'b']));
  await Promise.all(streams.map((stream, i) => stream.has(i % 2 ? 1 : 2)));
  for (const stream of streams) stream.leave();
  await Promise.all(streams.map(({ ended }) => ended));
  await until(async () => (await figureOf(pair, 'live_pollers')) === 0);
}

it('a thousand watchers who have left leave nothing', async () => {
  await watchAndLeave(300);
  const heap = () => {
    pair.simulator.received.length = 0;
    pair.log.length = 0;
    collect();
    return process.memoryUsage().heapUsed / MEGABYTE;
  };
  const before = heap();
  await watchAndLeave(1000);
  await until(() => heap() < before + 3);
}, 60_000);

// Two gateways that share one Redis, each before a replica of the platform of its own: whoever comes from one to the other sees no
// step backwards.

import { setTimeout as pause } from 'node:timers/promises';
import { BELIEVED_AFTER_MS } from '../../src/confirms/followed';
import { PATIENCE_MS } from '../../src/confirms/store/patience';
import { confirm, figureOf, type Pair, startPair, until } from '../pair';
import { hasRedis, type RedisServer, startRedis } from '../redis';
import { follow, type Stream, toldBy } from '../stream';

const DONE = { Status: 6 };
const OLD = { OriVersion: '0.9.0', DstVersion: '1.0.0' };
const moving = (Percent: number) => ({ Status: 3, Percent });

(hasRedis() ? describe : describe.skip)('over one Redis', () => {
  let redis: RedisServer;
  let one: Pair;
  let other: Pair;
  /** What each replica of the platform shows of a device, by `<replica> <name>`. */
  const shown = new Map<string, object>();
  let looks: string[];
  /** Answers that are held back, by the same. */
  let held: Map<string, (() => void)[]>;
  const streams: Stream[] = [];
  const followed = async (pair: Pair, names: string[]) => {
    const stream = await follow(pair, names);
    streams.push(stream);
    return stream;
  };
  beforeEach(async () => {
    redis = await startRedis();
    looks = [];
    held = new Map();
    shown.clear();
    const env = { REDIS_URL: redis.url };
    one = await startPair({ env });
    other = await startPair({ env: { ...env, TOKENAPI_URL: `${one.simulator.url}?other` } });
    one.simulator.override = ({ action, body: { RequestId, DeviceName } }, response) => {
      const key = `${response.req.url?.endsWith('?other') ? 'other' : 'one'} ${DeviceName}`;
      const status = shown.get(key);
      if (action !== 'AppDescribeFirmwareUpdateStatus' || !status) return false;
      looks.push(key);
      const answer = { OriVersion: '1.0.0', DstVersion: '1.1.0', ...status, RequestId };
      const end = () => response.end(JSON.stringify({ Response: answer }));
      const waiting = held.get(key);
      if (waiting) waiting.push(end);
      else end();
      return true;
    };
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.leave();
    await Promise.all([one.close(), other.close()]);
    await redis.close();
  });
  /** Both know that Redis does not answer. */
  const silent = () =>
    until(async () =>
      (await Promise.all([one, other].map((pair) => figureOf(pair, 'redis_up')))).every((up) => up === 0),
    );
  const looked = (key: string, count: number) => until(() => looks.filter((look) => look === key).length >= count);

  /** Of an upgrade whose end the other has seen, though it shows less from now on. */
  async function newcomerIsToldTheEnd(): Promise<void> {
    const lookedBefore = looks.filter((look) => look === 'other lamp-1').length;
    shown.set('other lamp-1', moving(50));
    const after = await followed(other, ['lamp-1']);
    await looked('other lamp-1', lookedBefore + 2);
    expect(toldBy(after)).toEqual([]);
    shown.set('other lamp-1', DONE);
    await after.ended;
    expect(toldBy(after)).toEqual(['SUCCEEDED']);
  }

  /** A watcher that was told something leaves, and is told something by the other's first look. */
  async function comesToTheOther(): Promise<Record<'before' | 'after', Stream>> {
    const before = await followed(one, ['lamp-1']);
    await before.has(1);
    before.leave();
    await pause(50);
    const after = await followed(other, ['lamp-1']);
    await after.has(1);
    expect(looks.filter((look) => look === 'other lamp-1')).toHaveLength(1);
    return { before, after };
  }

  it('a watcher that comes to the other is told at once what was seen, where that one shows what is behind', async () => {
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(40));
    const { before, after } = await comesToTheOther();
    shown.set('other lamp-1', moving(61));
    await after.has(2);
    expect(after.events[0]).toEqual(before.events[0]);
    expect(toldBy(after)).toEqual(['DOWNLOADING 60', 'DOWNLOADING 61']);
  });

  it('the same of a percent without a status', async () => {
    shown.set('one lamp-1', { Percent: 60 }).set('other lamp-1', { Percent: 40 });
    const { before, after } = await comesToTheOther();
    // Nor does a status that has a rank forget it.
    shown.set('other lamp-1', { Status: 1 });
    await after.has(2);
    after.leave();
    await pause(50);
    shown.set('one lamp-1', { Percent: 50 });
    const again = await followed(one, ['lamp-1']);
    await looked('one lamp-1', 2);
    await again.has(1);
    shown.set('one lamp-1', { Percent: 61 });
    await again.has(2);
    expect(after.events[0]).toEqual(before.events[0]);
    expect([toldBy(after), toldBy(again)]).toEqual([
      ['UNKNOWN 60', 'PENDING'],
      ['PENDING', 'UNKNOWN 61'],
    ]);
  });

  it('nor does the percent without a status of before a confirm stand in the way of the next one', async () => {
    shown.set('one lamp-1', { Percent: 60 }).set('other lamp-1', { Percent: 60 });
    const here = await followed(one, ['lamp-1']);
    const there = await followed(other, ['lamp-1']);
    await Promise.all([here.has(1), there.has(1)]);
    shown.set('one lamp-1', { Percent: 5 }).set('other lamp-1', { Percent: 6 });
    await confirm(one, 'lamp-1');
    await Promise.all([here.has(2), there.has(2)]);
    expect([toldBy(here).at(-1), toldBy(there).at(-1)]).toEqual(['UNKNOWN 5', 'UNKNOWN 6']);
  });

  it('nor does it forget what it learned of the other where Redis loses its data', async () => {
    const NEXT = { OriVersion: '1.1.0', DstVersion: '1.2.0' };
    shown.set('other lamp-1', { Status: 4 }).set('one lamp-1', { ...NEXT, ...moving(50) });
    const there = await followed(other, ['lamp-1']);
    await there.has(1);
    const here = await followed(one, ['lamp-1']);
    await here.has(1);
    // This one shows it, too, and then what was before.
    shown.set('other lamp-1', { ...NEXT, ...moving(50) });
    await there.has(2);
    here.leave();
    await redis.client.flushall();
    shown.set('other lamp-1', DONE);
    await looked('other lamp-1', looks.filter((look) => look === 'other lamp-1').length + 2);
    shown.set('other lamp-1', { ...NEXT, ...DONE });
    await there.ended;
    expect(toldBy(there)).toEqual(['INSTALLING', 'DOWNLOADING 50 1.2.0', 'SUCCEEDED 1.2.0']);
  });

  it('waits for a Redis that is silent so long as is promised, and not twice', async () => {
    shown.set('one lamp-1', moving(50));
    redis.pause();
    const startedAt = performance.now();
    const stream = await followed(one, ['lamp-1']);
    await stream.has(1);
    const ms = performance.now() - startedAt;
    redis.resume();
    expect(ms).toBeLessThan(1.5 * PATIENCE_MS);
  });

  it('a newcomer is told what moves after an end that the other has seen, soon', async () => {
    shown.set('one lamp-1', moving(50)).set('other lamp-1', DONE);
    const before = await followed(one, ['lamp-1']);
    await before.has(1);
    await (await followed(other, ['lamp-1'])).ended;
    const startedAt = performance.now();
    const newcomer = await followed(one, ['lamp-1']);
    await newcomer.has(1);
    expect(performance.now() - startedAt).toBeLessThan(BELIEVED_AFTER_MS / 2);
    expect(toldBy(newcomer)).toEqual(['DOWNLOADING 50']);
  });

  it('nor if both looked at the same time, and the one that saw less wrote it first', async () => {
    shown.set('one lamp-1', moving(30)).set('other lamp-1', moving(30));
    const before = await followed(one, ['lamp-1']);
    await before.has(1);
    const there = await followed(other, ['lamp-1']);
    await looked('other lamp-1', 1);
    held = new Map([['one lamp-1', []]]);
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(40));
    await until(() => held.get('one lamp-1')?.length === 1);
    await there.has(2);
    for (const answer of held.get('one lamp-1') ?? []) answer();
    held = new Map();
    await before.has(2);
    before.leave();
    await pause(50);
    const after = await followed(other, ['lamp-1']);
    shown.set('other lamp-1', moving(50));
    await looked('other lamp-1', looks.filter((look) => look === 'other lamp-1').length + 2);
    expect([toldBy(before), toldBy(after)]).toEqual([['DOWNLOADING 30', 'DOWNLOADING 60'], ['DOWNLOADING 60']]);
    shown.set('other lamp-1', moving(61));
    await after.has(2);
    expect(toldBy(after)).toEqual(['DOWNLOADING 60', 'DOWNLOADING 61']);
  });

  it('nor if the other knows that it shows less than was seen', async () => {
    shown.set('one lamp-1', moving(30)).set('other lamp-1', moving(30));
    const there = await followed(other, ['lamp-1']);
    await there.has(1);
    shown.set('one lamp-1', moving(60));
    const before = await followed(one, ['lamp-1']);
    await before.has(1);
    before.leave();
    await looked('other lamp-1', 3);
    const after = await followed(other, ['lamp-1']);
    await looked('other lamp-1', 4);
    const upTo60 = ['DOWNLOADING 30', 'DOWNLOADING 60'];
    expect([toldBy(there), toldBy(before), toldBy(after)]).toEqual([upTo60, ['DOWNLOADING 60'], ['DOWNLOADING 60']]);
    shown.set('other lamp-1', moving(61));
    await Promise.all([there.has(3), after.has(2)]);
    expect(toldBy(after)).toEqual(['DOWNLOADING 60', 'DOWNLOADING 61']);
  });

  it('nor does the other look for it, where one device has been looked at for others a moment ago', async () => {
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(30));
    const there = await followed(other, ['lamp-1']);
    await there.has(1);
    await (await followed(one, ['lamp-1'])).has(1);
    const after = await followed(other, ['lamp-1']);
    await after.has(1);
    expect(looks.filter((look) => look === 'other lamp-1')).toHaveLength(1);
    await there.has(2);
    expect([toldBy(there), toldBy(after)]).toEqual([['DOWNLOADING 30', 'DOWNLOADING 60'], ['DOWNLOADING 60']]);
  });

  it('nor if the other was looking when it was told', async () => {
    shown.set('one lamp-1', moving(30)).set('other lamp-1', moving(30));
    const there = await followed(other, ['lamp-1']);
    await there.has(1);
    held = new Map([['other lamp-1', []]]);
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(40));
    await until(() => held.get('other lamp-1')?.length === 1);
    const before = await followed(one, ['lamp-1']);
    await before.has(1);
    before.leave();
    const after = await followed(other, ['lamp-1']);
    for (const answer of held.get('other lamp-1') ?? []) answer();
    held = new Map();
    await after.has(1);
    expect([toldBy(before), toldBy(after)]).toEqual([['DOWNLOADING 60'], ['DOWNLOADING 60']]);
  });

  it('nor do those who have seen more learn less from the other, if Redis lost what they wrote', async () => {
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(40));
    const more = await followed(one, ['lamp-1']);
    await more.has(1);
    await redis.client.flushall();
    await (await followed(other, ['lamp-1'])).has(1);
    shown.set('one lamp-1', moving(50));
    await looked('one lamp-1', looks.filter((look) => look === 'one lamp-1').length + 2);
    shown.set('one lamp-1', moving(62));
    await more.has(2);
    expect(toldBy(more)).toEqual(['DOWNLOADING 60', 'DOWNLOADING 62']);
  });

  it('nor is one that finds others there, who have been told less', async () => {
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(40));
    const less = await followed(other, ['lamp-1']);
    await less.has(1);
    const more = await followed(one, ['lamp-1']);
    await more.has(1);
    const came = await followed(other, ['lamp-1']);
    await looked('other lamp-1', 3);
    expect([toldBy(less), toldBy(came)]).toEqual([['DOWNLOADING 40', 'DOWNLOADING 60'], ['DOWNLOADING 60']]);
    shown.set('other lamp-1', moving(62));
    await Promise.all([less.has(3), came.has(2)]);
    const after60 = ['DOWNLOADING 60', 'DOWNLOADING 62'];
    expect([toldBy(less), toldBy(came)]).toEqual([['DOWNLOADING 40', ...after60], after60]);
  });

  it('an older end is not told by the other either, which saw nothing move', async () => {
    shown.set('one lamp-1', { Status: 1 }).set('other lamp-1', { ...DONE, ...OLD });
    await (await followed(one, ['lamp-1'])).has(1);
    const after = await followed(other, ['lamp-1']);
    await looked('other lamp-1', 2);
    expect(toldBy(after)).toEqual(['PENDING']);
    shown.set('other lamp-1', DONE);
    await after.ended;
    expect(toldBy(after)).toEqual(['PENDING', 'SUCCEEDED']);
  });

  it('whoever comes after the end is not told what was before it', async () => {
    shown.set('one lamp-1', moving(60)).set('other lamp-1', DONE);
    const before = await followed(one, ['lamp-1']);
    await before.has(1);
    await (await followed(other, ['lamp-1'])).ended;
    before.leave();
    await newcomerIsToldTheEnd();
  });

  it('nor where the end was told to others, who go on to watch', async () => {
    shown.set('other lamp-1', DONE).set('other lamp-2', { Status: 8 });
    const list = await followed(other, ['lamp-1', 'lamp-2']);
    await list.has(2);
    await newcomerIsToldTheEnd();
    expect(toldBy(list, 'lamp-1')).toEqual(['SUCCEEDED']);
  });

  it('nor is one that finds others there, who know of no end', async () => {
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(40));
    const less = await followed(other, ['lamp-1']);
    await less.has(1);
    const more = await followed(one, ['lamp-1']);
    await more.has(1);
    shown.set('one lamp-1', DONE);
    await more.ended;
    const came = await followed(other, ['lamp-1']);
    await looked('other lamp-1', 4);
    expect(toldBy(came)).toEqual([]);
    shown.set('other lamp-1', DONE);
    await came.ended;
    expect(toldBy(came)).toEqual(['SUCCEEDED']);
  });

  it('nor takes the replica that confirmed for settling what another one has seen moving', async () => {
    shown.set('one lamp-1', { ...DONE, ...OLD }).set('other lamp-1', moving(60));
    await confirm(one, 'lamp-1');
    const before = await followed(other, ['lamp-1']);
    await before.has(1);
    before.leave();
    const after = await followed(one, ['lamp-1']);
    await after.has(1);
    shown.set('one lamp-1', moving(50));
    await looked('one lamp-1', 2);
    shown.set('one lamp-1', moving(61));
    await after.has(2);
    expect(toldBy(after)).toEqual(['DOWNLOADING 60', 'DOWNLOADING 61']);
  });

  it('but of what has begun again with the same versions, and not late', async () => {
    shown.set('one lamp-1', DONE);
    await (await followed(one, ['lamp-1'])).ended;
    shown.set('one lamp-1', moving(50));
    const after = await followed(one, ['lamp-1']);
    const startedAt = performance.now();
    await after.has(1);
    expect(toldBy(after)).toEqual(['DOWNLOADING 50']);
    expect(performance.now() - startedAt).toBeLessThan(BELIEVED_AFTER_MS);
  });

  it('a confirm on one opens a device of a list on the other that had ended there', async () => {
    shown.set('one lamp-1', DONE).set('other lamp-1', DONE).set('other lamp-2', { Status: 8 });
    const list = await followed(other, ['lamp-1', 'lamp-2']);
    await list.has(2);
    await confirm(one, 'lamp-1');
    await list.has(3);
    expect(toldBy(list, 'lamp-1')).toEqual(['SUCCEEDED', 'SETTLING']);
    shown.set('other lamp-1', { Status: 1 });
    await list.has(4);
    expect(toldBy(list, 'lamp-1')).toEqual(['SUCCEEDED', 'SETTLING', 'PENDING']);
  });

  it('a confirm on one is seen on the other through SETTLING, and admits a step backwards', async () => {
    shown.set('one lamp-1', moving(80)).set('other lamp-1', moving(80));
    const stream = await followed(other, ['lamp-1']);
    await stream.has(1);
    await confirm(one, 'lamp-1');
    shown.set('other lamp-1', DONE);
    await stream.has(2);
    shown.set('other lamp-1', moving(3));
    await stream.has(3);
    expect(toldBy(stream)).toEqual(['DOWNLOADING 80', 'SETTLING', 'DOWNLOADING 3']);
  });

  it('so is a second one, though the first was the last that this replica wrote of the device', async () => {
    shown.set('other lamp-1', moving(80));
    await confirm(one, 'lamp-1');
    const stream = await followed(other, ['lamp-1']);
    await stream.has(1);
    await confirm(one, 'lamp-1');
    shown.set('other lamp-1', moving(3));
    await stream.has(2);
    expect(toldBy(stream)).toEqual(['DOWNLOADING 80', 'DOWNLOADING 3']);
  });

  it('while Redis is silent for a moment, nothing is told that the other could not know', async () => {
    shown.set('one lamp-1', moving(30)).set('other lamp-1', moving(30));
    const before = await followed(one, ['lamp-1']);
    await before.has(1);
    await (await followed(other, ['lamp-1'])).has(1);
    held = new Map([['one lamp-1', []]]);
    shown.set('one lamp-1', moving(60)).set('other lamp-1', moving(40));
    await until(() => held.get('one lamp-1')?.length === 1);
    redis.pause();
    await silent();
    for (const answer of held.get('one lamp-1') ?? []) answer();
    held = new Map();
    await pause(300);
    expect(toldBy(before)).toEqual(['DOWNLOADING 30']);
    redis.resume();
    await before.has(2);
    before.leave();
    const after = await followed(other, ['lamp-1']);
    await after.has(1);
    expect(toldBy(before)).toEqual(['DOWNLOADING 30', 'DOWNLOADING 60']);
    expect(toldBy(after)).toEqual(['DOWNLOADING 60']);
  });

  it('a Redis that takes no writes, and is read by others meanwhile, keeps nobody waiting for long', async () => {
    const names = ['lamp-1', 'lamp-2', 'lamp-3', 'lamp-4'];
    const show = (percent: number) => {
      for (const name of names) shown.set(`one ${name}`, moving(percent));
    };
    show(30);
    const list = await followed(one, names);
    await list.has(4);
    await redis.client.config('SET', 'min-replicas-to-write', '1');
    show(60);
    await list.has(8);
    show(61);
    await list.has(12);
    expect(toldBy(list, 'lamp-1')).toEqual(['DOWNLOADING 30', 'DOWNLOADING 60', 'DOWNLOADING 61']);
    await redis.client.config('SET', 'min-replicas-to-write', '0');
    show(62);
    await list.has(16);
  });

  it('nor does a confirm meanwhile let an older end be told', async () => {
    shown.set('one lamp-1', { ...DONE, ...OLD }).set('other lamp-1', { ...DONE, ...OLD });
    redis.pause();
    await silent();
    await confirm(one, 'lamp-1');
    const stream = await followed(other, ['lamp-1']);
    await looked('other lamp-1', 1);
    await pause(300);
    redis.resume();
    await stream.has(1);
    expect(toldBy(stream)).toEqual(['SETTLING']);
  });

  it('without Redis no end is made up: what this process saw, it still knows', async () => {
    shown.set('one lamp-1', { Status: 1 });
    const stream = await followed(one, ['lamp-1']);
    await stream.has(1);
    await redis.kill();
    shown.set('one lamp-1', { ...DONE, ...OLD });
    await looked('one lamp-1', 3);
    expect(toldBy(stream)).toEqual(['PENDING']);
    const another = await followed(one, ['lamp-1']);
    await another.has(1);
    expect(toldBy(another)).toEqual(['PENDING']);
    shown.set('one lamp-1', DONE);
    await Promise.all([stream.ended, another.ended]);
    expect(toldBy(stream)).toEqual(['PENDING', 'SUCCEEDED']);
  });
});

// A store in this process: when its entries end, and what it does when it is full. Over HTTP that would take its whole limit of
// requests.

import { createMemoryStore } from '../../../src/confirms/store/memory';
import { QuotaUsedUp, StoreUnavailable } from '../../../src/confirms/store/store';
import { clock } from '../../simulator/device';

const HOUR = 3_600_000;
beforeEach(clock.stop);
afterEach(clock.run);

/** A store of two entries, whose methods take and give what the tests are about. */
function create(whenFull: 'refuse' | 'forget') {
  const store = createMemoryStore({ limit: 2, whenFull });
  return {
    put: (name: string, text: string, ttlMs: number) => store.put({ name, text, ttlMs }),
    putIfAbsent: async (name: string, text: string, ttlMs: number) =>
      (await store.putIfAbsent({ name, text, ttlMs }))?.text,
    get: async (name: string) => (await store.get(name))?.text,
    replace: (name: string, expected: string, text: string, ttlMs: number) =>
      store.replace({ name, text, ttlMs }, [expected]),
    remove: (name: string, expected: string) => store.remove(name, [expected]),
  };
}

it('forgets an entry at its end, and not before', async () => {
  const store = create('refuse');
  await store.put('a', '1', 1000);
  clock.advance(900);
  expect(await store.get('a')).toBe('1');
  await store.put('b', '1', 1000);
  clock.advance(101);
  expect([await store.get('a'), await store.get('b')]).toEqual([undefined, '1']);
});

it('puts an entry only where there is none, and says what is there', async () => {
  const store = create('refuse');
  expect(await store.putIfAbsent('a', '1', 1000)).toBeUndefined();
  expect(await store.putIfAbsent('a', '2', 1000)).toBe('1');
  clock.advance(1001);
  expect(await store.putIfAbsent('a', '2', 1000)).toBeUndefined();
  expect(await store.get('a')).toBe('2');
});

it('replaces and removes what is expected to be there, and nothing else', async () => {
  const store = create('refuse');
  await store.put('a', '1', HOUR);
  expect(await store.replace('a', '0', '2', HOUR)).toBe(false);
  await store.remove('a', '0');
  expect(await store.get('a')).toBe('1');
  expect(await store.replace('a', '1', '2', HOUR)).toBe(true);
  expect(await store.get('a')).toBe('2');
  await store.remove('a', '2');
  expect(await store.get('a')).toBeUndefined();
  // What was lost is put again.
  expect(await store.replace('a', '2', '3', HOUR)).toBe(true);
  expect(await store.get('a')).toBe('3');
});

it('refuses a new key rather than give up a live one, and takes it once another has ended', async () => {
  const store = create('refuse');
  await store.put('a', '1', HOUR);
  await store.put('b', '2', 300);
  await expect(store.putIfAbsent('c', '3', HOUR)).rejects.toThrow(StoreUnavailable);
  expect([await store.get('a'), await store.get('b'), await store.get('c')]).toEqual(['1', '2', undefined]);
  // A key that is there may be written anew.
  await store.put('a', '4', HOUR);
  clock.advance(301);
  expect(await store.putIfAbsent('c', '3', HOUR)).toBeUndefined();
  expect([await store.get('a'), await store.get('c')]).toEqual(['4', '3']);
});

it('forgets the least recently used where losing one does no harm', async () => {
  const store = create('forget');
  await store.put('a', 'a', HOUR);
  await store.put('b', 'b', HOUR);
  expect(await store.get('a')).toBe('a');
  await store.put('c', 'c', HOUR);
  expect([await store.get('a'), await store.get('b'), await store.get('c')]).toEqual(['a', undefined, 'c']);
});

it('says how long an entry has still to live', async () => {
  const store = createMemoryStore({ limit: 2, whenFull: 'refuse' });
  const startedAt = performance.now();
  await store.put({ name: 'a', text: '1', ttlMs: HOUR });
  clock.advance(1000);
  const remainingMs = (await store.get('a'))?.remainingMs;
  expect(remainingMs).toBeLessThanOrEqual(HOUR - 1000);
  // Between two steps of the test, the monotonic clock goes on.
  expect(remainingMs).toBeGreaterThanOrEqual(HOUR - (performance.now() - startedAt));
});

it('counts the entries of a quota until they are removed or its period is over', async () => {
  const store = createMemoryStore({ limit: 10, whenFull: 'refuse' });
  const quota = { name: 'count', limit: 2, periodMs: HOUR };
  const put = (name: string) => store.putIfAbsent({ name, text: name, ttlMs: 2 * HOUR }, quota);
  await put('a');
  clock.advance(HOUR / 2);
  await put('b');
  await expect(put('c')).rejects.toThrow(QuotaUsedUp);
  // What is there is no new entry.
  expect((await put('a'))?.text).toBe('a');
  await store.remove('a', ['a'], quota);
  expect(await put('c')).toBeUndefined();
  await expect(put('d')).rejects.toThrow(QuotaUsedUp);
  clock.advance(HOUR / 2 + 1);
  expect(await put('d')).toBeUndefined();
});

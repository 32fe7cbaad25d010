// A store in this process: what it does when it is full. Over HTTP that would take its whole limit of requests.

import { createMemoryStore } from '../../../src/confirms/store/memory';
import { StoreUnavailable } from '../../../src/confirms/store/store';

const HOUR = 3_600_000;

it('refuses a new key rather than give up a live one, and takes it once another has ended', async () => {
  const store = createMemoryStore({ limit: 2, whenFull: 'refuse' });
  await store.put('a', '1', HOUR);
  await store.put('b', '2', 300);
  await expect(store.putIfAbsent('c', '3', HOUR)).rejects.toThrow(StoreUnavailable);
  expect([await store.get('a'), await store.get('b'), await store.get('c')]).toEqual(['1', '2', undefined]);
  await new Promise((resolve) => setTimeout(resolve, 320));
  expect(await store.putIfAbsent('c', '3', HOUR)).toBeUndefined();
  expect([await store.get('a'), await store.get('c')]).toEqual(['1', '3']);
});

it('forgets the oldest where that is what it is for', async () => {
  const store = createMemoryStore({ limit: 2, whenFull: 'forget-oldest' });
  for (const key of ['a', 'b', 'c']) await store.put(key, key, HOUR);
  expect([await store.get('a'), await store.get('b'), await store.get('c')]).toEqual([undefined, 'b', 'c']);
});

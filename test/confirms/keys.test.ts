// The store of keys: what happens when it is full. Over HTTP that would take its whole limit of requests.

import { createIdempotencyKeys } from '../../src/confirms/keys';
import { createMemoryStore } from '../../src/confirms/store/memory';
import { deviceFrom } from '../../src/graph/device';

it('says "not sent" of a keyed confirm while it is full, and still answers the keys that it has', async () => {
  const store = createMemoryStore({ limit: 1, whenFull: 'refuse' });
  const keys = createIdempotencyKeys({ store, timeoutMs: 100, hasFormerRecords: false, onLost: () => undefined });
  const device = deviceFrom('P', 'd');
  const keyed = { owner: 'o', token: 't', device, key: 'first', startedAt: performance.now() };
  const claim = await keys.claim(keyed);
  if (claim.kind !== 'ours') throw new Error('expected a claim of our own');
  claim.keep({ requestId: 'r-1' });
  await expect(keys.claim({ ...keyed, key: 'second' })).rejects.toMatchObject({ name: 'NotSent', retryAfterMs: 1000 });
  expect(await keys.claim(keyed)).toEqual({ kind: 'answered', answer: { requestId: 'r-1' } });
});

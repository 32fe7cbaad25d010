// Keys in a process of its own store: what happens when it is full. Over HTTP that would take its whole limit of requests.

import { createClaims } from '../../src/confirms/claims';
import { createIdempotencyKeys } from '../../src/confirms/keys';
import { createEndings } from '../../src/confirms/store/endings';
import { createMemoryStore } from '../../src/confirms/store/memory';
import { deviceFrom } from '../../src/graph/device';

it('says "not sent" of a keyed confirm while it is full, and still answers the keys that it has', async () => {
  const store = createMemoryStore({ limit: 1, whenFull: 'refuse' });
  const claims = createClaims(
    store,
    createEndings(store, () => undefined),
  );
  const keys = createIdempotencyKeys({ claims, shared: undefined, timeoutMs: 100 });
  const device = deviceFrom('P', 'd');
  const deadline = performance.now() + 1000;
  const keyed = { owner: 'o', token: 't', device, key: 'first', deadline, isReady: () => true };
  const claim = await keys.claim(keyed);
  if (claim.kind !== 'ours') throw new Error('expected a claim of our own');
  claim.keep({ requestId: 'r-1' });
  await expect(keys.claim({ ...keyed, key: 'second' })).rejects.toMatchObject({ name: 'NotSent', retryAfterMs: 1000 });
  expect(await keys.claim(keyed)).toMatchObject({ kind: 'answered', answer: { requestId: 'r-1' } });
});

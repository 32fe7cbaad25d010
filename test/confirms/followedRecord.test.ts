// What becomes of the record that replicas share where two of them write at the same time.

import { createFollowed } from '../../src/confirms/followed';
import { BEGUN, type FollowedUpgrade, textOf, UNSEEN } from '../../src/confirms/followedUpgrade';
import { followedName } from '../../src/confirms/names';
import { createMemoryStore } from '../../src/confirms/store/memory';
import { createPatientStore } from '../../src/confirms/store/patience';

const NAME = followedName('owner', 'device');
const record = (rank: number, percent: number | null = null, unranked?: number): FollowedUpgrade => ({
  rank,
  percent,
  from: '1.0',
  to: '1.1',
  ...(unranked !== undefined && { unranked: { percent: unranked, from: '1.0', to: '1.1' } }),
});
const BEGUN_SOME: FollowedUpgrade = { ...BEGUN, unranked: { percent: 40, from: '1.0', to: '1.1' } };
const BEGUN_MORE: FollowedUpgrade = { ...BEGUN, unranked: { percent: 60, from: '1.0', to: '1.1' } };

function replica() {
  const shared = { ...createMemoryStore({ limit: 10, whenFull: 'refuse' }), onUp: () => undefined } as never;
  const patient = createPatientStore(shared);
  const followed = createFollowed({ shared, patient, onKept: () => undefined });
  return { patient, followed };
}

it.each<[what: string, there: FollowedUpgrade, put: FollowedUpgrade, then: FollowedUpgrade]>([
  ['less of the same', record(4, 50), record(4, 60), record(4, 60)],
  ['more of the same', record(4, 60), record(4, 50), record(4, 60)],
  ['a phase where nothing has a rank', record(UNSEEN.rank, null, 20), record(4, 50), record(4, 50, 20)],
  ['no phase where one was seen', record(4, 50), record(UNSEEN.rank, null, 20), record(4, 50, 20)],
  ['a phase further, and a percent without a status', record(4, 50), record(4, 45, 60), record(4, 50, 60)],
  ['a phase further, and less without a status', record(4, 45, 60), record(4, 50, 40), record(4, 50, 60)],
  ['less without a status', record(4, 50, 40), record(4, 50, 60), record(4, 50, 60)],
  ['more without a status', record(4, 50, 60), record(4, 50, 40), record(4, 50, 60)],
  ['an end', record(7), record(4, 50, 60), record(7)],
  [
    'the upgrade after it',
    { ...record(4, 5), from: '1.1', to: '1.2' },
    record(6),
    { ...record(4, 5), from: '1.1', to: '1.2' },
  ],
  ['a confirm', BEGUN, record(UNSEEN.rank, null, 60), BEGUN],
  ['a confirm, and less since', BEGUN_SOME, BEGUN_MORE, BEGUN_MORE],
  ['a confirm, and more since', BEGUN_MORE, BEGUN_SOME, BEGUN_MORE],
])('another replica has written %s', async (_what, there, put, then) => {
  const { patient, followed } = replica();
  await patient.put({ name: NAME, text: textOf(there), ttlMs: 1000 });
  // It has found a record, and another one is there by the time that it writes.
  await followed.put('owner', 'device', put, record(2));
  expect((await patient.get(NAME))?.text).toBe(textOf(then));
});

it('who has found none does not put an older upgrade in the place of a newer one', async () => {
  const newer = { ...record(4, 5), from: '1.1', to: '1.2' };
  for (const [there, put, then] of [
    [newer, record(6), newer],
    [record(6), newer, newer],
  ] as const) {
    const { patient, followed } = replica();
    await patient.put({ name: NAME, text: textOf(there), ttlMs: 1000 });
    await followed.put('owner', 'device', put);
    expect((await patient.get(NAME))?.text).toBe(textOf(then));
  }
});

// What is told of looks in a row, where it takes an order of looks and of other replicas' records that no platform can be made to show.

import { BEGUN, type FollowedUpgrade, UNSEEN } from '../../src/confirms/followedUpgrade';
import { FirmwareUpgradePhase } from '../../src/graph/phase';
import { Progress } from '../../src/live/progress';

const BELIEVED_AFTER_MS = 30_000;
const { DOWNLOADING, SUCCEEDED, UNKNOWN, PENDING } = FirmwareUpgradePhase;
const NOTHING = { platformStatus: null, percent: null, failureReason: null, pollAfterMs: null };
const from = (fromVersion: string, toVersion: string) => ({ ...NOTHING, fromVersion, toVersion });
const OLD = from('1.0', '1.1');
const NEW = from('1.1', '1.2');
const unknown = (percent: number, of = NEW) => ({ ...of, phase: UNKNOWN, percent });
const moving = (percent: number, of = NEW) => ({ ...of, phase: DOWNLOADING, percent });
const done = (of = NEW) => ({ ...of, phase: SUCCEEDED });
const record = (rank: number, percent: number | null = null, unranked?: number): FollowedUpgrade => {
  const versions = { from: NEW.fromVersion, to: NEW.toVersion };
  return {
    rank,
    percent,
    ...versions,
    ...(unranked !== undefined && { unranked: { percent: unranked, ...versions } }),
  };
};

type Step = ReturnType<typeof unknown> | ReturnType<typeof done> | ((progress: Progress) => void);
/** Of each look, `-` or what is told, two seconds after the one before. */
function toldOf(steps: Step[]): string {
  const progress = new Progress(BELIEVED_AFTER_MS);
  let now = 0;
  return steps
    .flatMap((step) => {
      if (typeof step === 'function') {
        step(progress);
        return [];
      }
      now += 2000;
      const shown = step.percent === null ? step.phase[0] : `${step.phase[0]}${step.percent}`;
      return [progress.isBehind(step, now) ? '-' : shown];
    })
    .join(' ');
}
const learn = (of: FollowedUpgrade) => (progress: Progress) => progress.learn(of);
const press = (progress: Progress) => progress.begin();
const refused = (progress: Progress) => progress.takeBack();

it.each<[what: string, steps: Step[], told: string]>([
  ['a percent that falls after a second press, which is refused', [press, unknown(40), refused, unknown(30)], 'U40 -'],
  [
    'the same where another replica has sent the first press',
    [learn(BEGUN), unknown(40), refused, unknown(30), moving(5), refused, moving(4)],
    'U40 - D5 -',
  ],
  ['a new upgrade after a press', [unknown(60), press, unknown(5), unknown(4)], 'U60 U5 -'],
  ['a new upgrade after another replica’s press', [unknown(60), learn(BEGUN), unknown(5), unknown(4)], 'U60 U5 -'],
  [
    'a percent that falls where the write of it was lost',
    [moving(50), unknown(60), learn(record(4, 50, 41)), unknown(45), unknown(61)],
    'D50 U60 - U61',
  ],
  [
    'a percent that falls where another replica is further otherwise',
    [moving(45), unknown(60), learn(record(4, 50)), unknown(45), moving(49), unknown(61)],
    'D45 U60 - - U61',
  ],
  [
    'a phase that falls where another replica has seen no phase',
    [moving(50), learn(record(UNSEEN.rank, null, 20)), moving(40), unknown(10), unknown(21)],
    'D50 - - U21',
  ],
  ['an older end where another replica has seen no phase', [learn(record(UNSEEN.rank, null, 20)), done(OLD)], '-'],
  ['an older end after it was told itself', [done(OLD), unknown(5), done(OLD), unknown(6), done()], 'S U5 - U6 S'],
  [
    'an older upgrade that moves',
    [moving(26), moving(50, OLD), done(OLD), unknown(60, OLD), moving(27)],
    'D26 - - - D27',
  ],
  [
    'the same where another replica has seen it',
    [moving(26), learn({ ...record(6), from: '1.0', to: '1.1' }), moving(10)],
    'D26 -',
  ],
  [
    'the older one after the newer was seen without a rank',
    [moving(90, OLD), unknown(33), moving(95, OLD), done(OLD), done()],
    'D90 U33 - - S',
  ],
  [
    'an upgrade back to the version before',
    [done(OLD), press, moving(5, from('1.1', '1.0')), moving(6, OLD)],
    'S D5 D6',
  ],
  ['a new upgrade after an end, by a percent alone', [unknown(60), done(), unknown(5), unknown(4)], 'U60 S U5 -'],
])('%s', (_what, steps, told) => {
  expect(toldOf(steps)).toBe(told);
});

it('what begins again after its end is believed as soon, whatever has no rank comes between', () => {
  const steps: Step[] = [learn(record(7)), moving(5), unknown(6), moving(7), unknown(8), moving(9)];
  expect(toldOf(steps)).toBe('- - D7 U8 D9');
});

it('looks that follow one another at once count as one', () => {
  const progress = new Progress(BELIEVED_AFTER_MS);
  progress.learn(record(7));
  const isBehindAt = (now: number) => progress.isBehind(moving(5), now);
  expect([0, 10, 20, 1400, 1600, 3000].map(isBehindAt)).toEqual(Array(6).fill(true));
  expect(isBehindAt(3200)).toBe(false);
});

it('a fall is not believed sooner because it comes after an end', () => {
  const steps: Step[] = [
    learn(record(7)),
    unknown(6),
    unknown(6),
    unknown(6),
    unknown(5),
    unknown(4),
    unknown(3),
    moving(1),
  ];
  expect(toldOf(steps)).toBe('- - U6 - - - D1');
});

it('nor because another replica has seen the end of what is told here', () => {
  const course = (steps: Step[]) => toldOf([...steps, learn(record(7)), ...Array(4).fill(unknown(30)), done()]);
  expect(course([unknown(51)])).toBe('U51 - - - - S');
  expect(course([moving(51)])).toBe('D51 - - - - S');
});

it('an older end has stood where what has no rank stands still, and not where it rises', () => {
  const ends = (percents: number[]) => toldOf(percents.flatMap((percent) => [unknown(percent), done(OLD)]));
  expect(ends(Array(9).fill(37))).toMatch(/ S$/);
  expect(ends([1, 2, 3, 4, 5, 6, 7, 8, 9])).not.toMatch(/S/);
});

it('what lags behind a percent without a status is answered by that', () => {
  const progress = new Progress(BELIEVED_AFTER_MS);
  progress.learn(record(UNSEEN.rank, null, 20));
  expect(progress.isBehind(unknown(10), 0)).toBe(true);
  const seen = progress.behindWhat(undefined);
  expect(seen).toEqual(record(UNSEEN.rank, null, 20));
  expect(progress.behindWhat(seen)).toBeUndefined();
  expect(progress.isBehind({ ...NEW, phase: PENDING }, 0)).toBe(false);
  expect(progress.behindWhat(undefined)).toEqual(record(2, null, 20));
});

// What a stream tells, and what it does not: each device has a course of its own, and all of them run at the same time.

import { setTimeout as pause } from 'node:timers/promises';
import { type Pair, startPair } from '../pair';
import { follow, type Status, type Stream, script, toldBy } from '../stream';

const BELIEVED_AFTER_MS = 7000;
const moving = (percent: number | undefined, more = {}): Status => ({ Status: 3, Percent: percent, ...more });
const OLD = { OriVersion: '0.9.0', DstVersion: '1.0.0' };
const NEXT = { OriVersion: '1.1.0', DstVersion: '1.2.0' };
const DONE = { Status: 6 };

interface Course {
  what: string;
  statuses: Status[];
  told: string[];
  /** It goes on for ever. */
  isOpen?: true;
}

const courses: Course[] = [
  { what: 'an end that stands already', statuses: [DONE], told: ['SUCCEEDED'] },
  { what: 'no upgrade', statuses: [{ OriVersion: '', DstVersion: '' }], told: ['NONE'] },
  {
    what: 'each change once',
    statuses: [{ Status: 1 }, { Status: 1 }, { Status: 7 }, moving(10), moving(10), DONE],
    told: ['PENDING', 'PROCESSING', 'DOWNLOADING 10', 'SUCCEEDED'],
  },
  {
    what: 'a reason that is news',
    statuses: [{ Status: 99 }, { Status: 98 }, { Status: 5, ErrMsg: 'md5' }],
    told: ['UNKNOWN', 'UNKNOWN', 'FAILED'],
  },
  {
    what: 'versions that are news',
    statuses: [{ Status: 4, DstVersion: '' }, { Status: 4 }, DONE],
    told: ['INSTALLING', 'INSTALLING', 'SUCCEEDED'],
  },
  {
    what: 'no percent that falls',
    statuses: [moving(40), moving(30), moving(39), moving(41), DONE],
    told: ['DOWNLOADING 40', 'DOWNLOADING 41', 'SUCCEEDED'],
  },
  {
    what: 'no phase that falls, by way of what has no rank either',
    statuses: [moving(50), { Status: 0 }, { Status: 2 }, moving(20), { Status: 4 }, { Status: 8 }, DONE],
    told: ['DOWNLOADING 50', 'DEVICE_OFFLINE', 'INSTALLING', 'SUCCEEDED'],
  },
  {
    what: 'no percent that falls where there is no status',
    statuses: [{ Percent: 37 }, { Percent: 30 }, { Percent: 38 }, DONE],
    told: ['UNKNOWN 37', 'UNKNOWN 38', 'SUCCEEDED'],
  },
  {
    what: 'no percent that falls by way of a status without one',
    statuses: [moving(60), moving(undefined), moving(30), moving(61), DONE],
    told: ['DOWNLOADING 60', 'DOWNLOADING', 'DOWNLOADING 61', 'SUCCEEDED'],
  },
  {
    what: 'no percent without a status that falls, and has not stood in a row',
    statuses: [60, 5, 5, 61, 5, 5, 62].map((Percent): Status => ({ Percent })).concat(DONE),
    told: ['UNKNOWN 60', 'UNKNOWN 61', 'UNKNOWN 62', 'SUCCEEDED'],
  },
  {
    what: 'a step backwards that has stood, whatever a status without a rank says meanwhile',
    statuses: [moving(60), moving(5), { Percent: 9 }, moving(5), moving(5), moving(5), DONE],
    told: ['DOWNLOADING 60', 'UNKNOWN 9', 'DOWNLOADING 5', 'SUCCEEDED'],
  },
  {
    what: 'no older end',
    statuses: [{ Status: 1 }, { ...DONE, ...OLD }, { Status: 5, ...OLD }, DONE],
    told: ['PENDING', 'SUCCEEDED'],
  },
  {
    what: 'no older end after a status without versions either',
    statuses: [moving(10), moving(20, { OriVersion: '', DstVersion: '' }), { ...DONE, ...OLD }, DONE],
    told: ['DOWNLOADING 10', 'DOWNLOADING 20', 'SUCCEEDED'],
  },
  {
    what: 'no older end after a percent without a status either',
    statuses: [{ Percent: 37 }, { ...DONE, ...OLD }, { Percent: 38 }, { ...DONE, ...OLD }, DONE],
    told: ['UNKNOWN 37', 'UNKNOWN 38', 'SUCCEEDED'],
  },
  {
    what: 'the next end after a percent without a status, whose own end was not seen',
    statuses: [{ Percent: 37 }, { ...DONE, ...NEXT }],
    told: ['UNKNOWN 37', 'SUCCEEDED 1.2.0'],
  },
  {
    what: 'no step backwards from a device that has its new version',
    statuses: [moving(50), { Status: 4, OriVersion: '1.1.0' }, moving(60), DONE],
    told: ['DOWNLOADING 50', 'INSTALLING', 'SUCCEEDED'],
  },
  {
    what: 'an end after which the device has a new version',
    statuses: [{ Status: 4 }, { ...DONE, OriVersion: '1.1.0' }],
    told: ['INSTALLING', 'SUCCEEDED'],
  },
  {
    what: 'an end without versions',
    statuses: [{ Status: 4 }, { Status: 10, OriVersion: '', DstVersion: '' }],
    told: ['INSTALLING', 'TIMED_OUT'],
  },
  {
    what: 'another upgrade that moves',
    statuses: [{ Status: 4 }, { Status: 1, ...NEXT }, DONE, { ...DONE, ...NEXT }],
    told: ['INSTALLING', 'PENDING 1.2.0', 'SUCCEEDED 1.2.0'],
  },
  {
    what: 'a device that began again, once that has stood',
    statuses: [moving(60), moving(5), moving(10), moving(15), moving(20), moving(25), moving(30), DONE],
    told: ['DOWNLOADING 60', 'DOWNLOADING 25', 'DOWNLOADING 30', 'SUCCEEDED'],
  },
  {
    what: 'no step backwards that has not stood in a row',
    statuses: [moving(60), moving(5), moving(5), moving(61), moving(5), moving(5), moving(62), DONE],
    told: ['DOWNLOADING 60', 'DOWNLOADING 61', 'DOWNLOADING 62', 'SUCCEEDED'],
  },
  {
    what: 'an older end that has stood',
    statuses: [{ Status: 1 }, { ...DONE, ...OLD }],
    told: ['PENDING', 'SUCCEEDED 1.0.0'],
  },
  {
    what: 'a platform that is away, and what follows',
    statuses: ['away', 'away', { Status: 4 }, 'error InternalError', DONE],
    told: ['Gateway.NoAnswer', 'INSTALLING', 'InternalError', 'SUCCEEDED'],
  },
  {
    what: 'no step backwards after an error',
    statuses: [moving(40), 'error InternalError', moving(30), moving(50), DONE],
    told: ['DOWNLOADING 40', 'InternalError', 'DOWNLOADING 50', 'SUCCEEDED'],
  },
  {
    what: 'a device that is waited for',
    statuses: ['error FailedOperation.DeviceOffline', DONE],
    told: ['FailedOperation.DeviceOffline', 'SUCCEEDED'],
  },
  { what: 'an error of the app', statuses: ['error InvalidParameterValue'], told: ['InvalidParameterValue'] },
  {
    what: 'an error that nothing helps against',
    statuses: [{ Status: 1 }, 'error InvalidParameterValue.NoPermission', DONE],
    told: ['PENDING', 'InvalidParameterValue.NoPermission'],
  },
  {
    what: 'a wait for the user, as long as it lasts',
    statuses: [{ Status: 8 }],
    told: ['AWAITING_CONFIRMATION'],
    isOpen: true,
  },
];

let pair: Pair;
let looksAt: (name: string) => number;
const streams: Stream[] = [];
beforeAll(async () => {
  pair = await startPair({
    env: { LIVE_CALLS_PER_SECOND_PER_USER: '500', LIVE_CALLS_PER_SECOND: '500' },
    gateway: { limits: { believedAfterMs: BELIEVED_AFTER_MS } },
  });
  ({ looksAt } = script(pair, Object.fromEntries(courses.map(({ statuses }, i) => [`d${i}`, statuses]))));
  for (const i of courses.keys()) streams.push(await follow(pair, [`d${i}`]));
  await Promise.all(courses.flatMap(({ isOpen }, i) => (isOpen ? [] : [streams[i]?.ended])));
}, 60_000);
afterAll(() => pair.close());

it.each(courses.map((course, i) => ({ ...course, i })))('tells $what', ({ i, told, isOpen = false }) => {
  const stream = streams[i] as Stream;
  expect(toldBy(stream)).toEqual(told);
  expect(stream.isComplete()).toBe(!isOpen);
});

it('looks no more at what has completed', async () => {
  const looks = () => courses.flatMap(({ isOpen }, i) => (isOpen ? [] : [looksAt(`d${i}`)]));
  const before = looks();
  await pause(2500);
  expect(looks()).toEqual(before);
});

// How an upgrade goes on once it is confirmed: written as steps, read by the clock. Knows no device and keeps no timer.

/** One stretch of an upgrade. `paces` is its length in the simulator's pace; the last step lasts for ever. */
export interface Step {
  status: number;
  paces: number;
  /** Percent at its beginning and its end; 0 throughout if absent. */
  percent?: readonly [number, number];
  errMsg?: string;
  /** The device is away from the network while it lasts. */
  offline?: true;
}

export interface Moment {
  status: number;
  percent: number;
  errMsg: string;
  offline: boolean;
}

const FULL = [100, 100] as const;
const ORDERED: readonly Step[] = [
  { status: 7, paces: 1 },
  { status: 2, paces: 1 },
];
const INSTALLED: readonly Step[] = [
  { status: 20, paces: 1, percent: FULL },
  { status: 4, paces: 2, percent: FULL, offline: true },
  { status: 6, paces: Infinity, percent: FULL },
];

/** Every way an upgrade can go. The device reboots while it burns (4), so it is offline then. */
export const COURSES = {
  succeeds: [...ORDERED, { status: 3, paces: 4, percent: [0, 100] }, ...INSTALLED],
  fails: [
    ...ORDERED,
    { status: 3, paces: 3, percent: [0, 62] },
    { status: 5, paces: Infinity, percent: [62, 62], errMsg: '固件校验失败: md5 mismatch' },
  ],
  timesOut: [
    ...ORDERED,
    { status: 3, paces: 2, percent: [0, 45] },
    { status: 0, paces: 5, percent: [45, 45], offline: true },
    { status: 10, paces: Infinity, percent: [45, 45], errMsg: '升级超时' },
  ],
  vanishes: [
    ...ORDERED,
    { status: 3, paces: 2, percent: [0, 30] },
    { status: 0, paces: Infinity, percent: [30, 30], offline: true },
  ],
  returns: [
    ...ORDERED,
    { status: 3, paces: 2, percent: [0, 50] },
    { status: 0, paces: 3, percent: [50, 50], offline: true },
    { status: 3, paces: 2, percent: [20, 100] },
    ...INSTALLED,
  ],
  puzzles: [...ORDERED, { status: 99, paces: 3 }, { status: 6, paces: Infinity, percent: FULL }],
} satisfies Record<string, readonly Step[]>;

export type Course = keyof typeof COURSES;

/** Where an upgrade stands after so many paces. */
export function momentFrom(course: Course, elapsedPaces: number): Moment {
  const steps: readonly Step[] = COURSES[course];
  let left = Math.max(0, elapsedPaces);
  let step = steps[0]!;
  for (step of steps) {
    if (left < step.paces) break;
    left -= step.paces;
  }
  const [first, last] = step.percent ?? [0, 0];
  const share = step.paces === Infinity ? 1 : left / step.paces;
  return {
    status: step.status,
    percent: Math.floor(first + (last - first) * share),
    errMsg: step.errMsg ?? '',
    offline: step.offline === true,
  };
}

/** 8 waits for the user, 5, 6 and 10 are ends; whatever else stands on the device is an upgrade under way. */
export function isUnderWay(status: number): boolean {
  return ![5, 6, 8, 10].includes(status);
}

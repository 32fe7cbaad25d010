// Loaded into a gateway before everything else (`node --require`): its wall clock is as far off as a file says. The monotonic
// clock and timers are left alone, as a step of the real clock leaves them.

import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 10;
const file = process.env.CLOCK_FILE as string;
const RealDate = Date;
const realNow = RealDate.now;
let shiftMs = 0;
let lookedAt = Number.NEGATIVE_INFINITY;

function now(): number {
  if (performance.now() - lookedAt > LOOK_EVERY_MS) {
    lookedAt = performance.now();
    shiftMs = Number(readFileSync(file, 'latin1'));
  }
  return realNow() + shiftMs;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

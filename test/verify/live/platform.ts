// The platform that upgrades are read from: by the script of each device, from replicas that lag behind, and with everything that goes
// wrong between a call and its answer. Writes down which gateway asked, for whom, and when.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { between, picked, randomFor } from '../random';
import { Course, type Status } from './course';

const STATUS_READ = 'AppDescribeFirmwareUpdateStatus';
const ANSWER_MS = 30;
const CONFIRM_MS = 100;
/** A replica lags so far behind at most, and a gateway meets so many of them in a row. */
const LAG_MS = 6000;
const LAGS_IN_A_ROW = 2;
/** The end of the upgrade before is shown so long after a confirm, and again once the new one was shown moving so often. */
const OLD_AFTER_CONFIRM_MS = 8000;
const OLD_AFTER_MOVING = 3;

/** What becomes of one read. */
const fates = [
  { weight: 60, name: 'shown' },
  { weight: 16, name: 'lags' },
  { weight: 8, name: 'shows the old end' },
  { weight: 5, name: 'without versions' },
  { weight: 2, name: 'without a status' },
  { weight: 2, name: 'busy' },
  { weight: 2, name: 'internal error' },
  { weight: 2, name: 'cut' },
  { weight: 3, name: 'slow' },
] as const;
type Fate = (typeof fates)[number]['name'];

const errors: Partial<Record<Fate, string>> = { busy: 'RequestLimitExceeded', 'internal error': 'InternalError' };

export interface Poll {
  /** The path of its URL names the process that asked. */
  readonly asker: string;
  readonly token: string;
  readonly device: string;
  readonly at: number;
}

class Device {
  readonly course: Course;
  private readonly random: () => number;
  confirmedAt = Number.NEGATIVE_INFINITY;
  private movingShown = 0;
  private readonly lags = new Map<string, number>();

  constructor(name: string, seed: number) {
    this.random = randomFor(name, seed);
    this.course = new Course(this.random, performance.now());
  }

  confirm(now: number): void {
    if (!this.course.confirm(now)) return;
    this.confirmedAt = now;
    this.movingShown = 0;
  }

  fate(): Fate {
    return picked(fates, this.random).name;
  }

  /** What this asker is shown. */
  shown(fate: Fate, asker: string, now: number): Partial<Status> {
    const { course, lags } = this;
    const truth = course.shownAt(now);
    const lagged = lags.get(asker) ?? 0;
    const isLagging = lagged < LAGS_IN_A_ROW && this.isBehind(fate, now);
    lags.set(asker, isLagging ? lagged + 1 : 0);
    if (isLagging) return this.lagging(fate, now);
    if (course.latest.hasEnded(now) || now < course.latest.beginsAt) return truth;
    // What moves is told apart from what was before by its versions: those of its first statuses.
    if (++this.movingShown <= OLD_AFTER_MOVING) return truth;
    const { Status, Percent, OriVersion, DstVersion } = truth;
    if (fate === 'without versions' && Status > 0) return { Status, Percent };
    if (fate === 'without a status' && Status === 3) return { Percent, OriVersion, DstVersion };
    return truth;
  }

  private lagging(fate: Fate, now: number): Status {
    const { previous, latest } = this.course;
    if (fate !== 'lags') return previous.shownAt(Number.POSITIVE_INFINITY);
    return latest.shownAt(Math.max(latest.beginsAt, now - between(1000, LAG_MS, this.random)));
  }

  private isBehind(fate: Fate, now: number): boolean {
    if (fate === 'lags') return now > this.course.latest.beginsAt;
    if (fate !== 'shows the old end') return false;
    return now - this.confirmedAt < OLD_AFTER_CONFIRM_MS || this.movingShown >= OLD_AFTER_MOVING;
  }
}

export interface LivePlatform {
  readonly url: string;
  readonly polls: Poll[];
  course(device: string): Course;
  /** From now on this token is refused. */
  refuse(token: string): void;
  /** No read is answered for so long. */
  beSilent(ms: number): void;
  close(): void;
}

export async function startLivePlatform(seed: number): Promise<LivePlatform> {
  const devices = new Map<string, Device>();
  const polls: Poll[] = [];
  const refused = new Set<string>();
  let silentUntil = 0;
  const deviceOf = (name: string): Device => {
    const device = devices.get(name) ?? new Device(name, seed);
    devices.set(name, device);
    return device;
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { Action, RequestId, AccessToken: token, DeviceName: name } = JSON.parse(await text(request));
    const end = (fields: object) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ Response: { ...fields, RequestId } }));
    const fail = (Code: string) => end({ Error: { Code, Message: '' } });
    if (Action !== STATUS_READ) {
      deviceOf(name).confirm(performance.now());
      await pause(CONFIRM_MS);
      end({});
      return;
    }
    const asker = request.url ?? '';
    polls.push({ asker, token, device: name, at: performance.now() });
    if (performance.now() < silentUntil) return;
    const device = deviceOf(name);
    const fate = device.fate();
    await pause(fate === 'slow' ? 1000 : ANSWER_MS);
    if (refused.has(token)) fail('InvalidParameterValue.InvalidAccessToken');
    else if (fate === 'cut') response.destroy();
    else if (errors[fate]) fail(errors[fate]);
    else end({ ErrMsg: '', ...device.shown(fate, asker, performance.now()) });
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    polls,
    course: (name) => deviceOf(name).course,
    refuse: (token) => void refused.add(token),
    beSilent(ms) {
      silentUntil = performance.now() + ms;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

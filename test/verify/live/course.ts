// How a device's upgrades go on, one after the other: a script that the checks know, whatever the platform shows of it.

import { between } from '../random';

/** What the platform shows of an upgrade. */
export interface Status {
  readonly Status: number;
  readonly Percent: number;
  readonly OriVersion: string;
  readonly DstVersion: string;
}

interface Step {
  readonly status: number;
  readonly ms: number;
  readonly percent?: readonly [first: number, last: number];
}

const ENDS = [6, 6, 6, 5, 10];
const isEnd = (status: number): boolean => ENDS.includes(status);

/** The upgrade of this number installs this version, over the one of the number before it. */
export const versionOf = (number: number): string => `${number}.0.0`;
export const numberOf = (version: string): number => Number.parseInt(version, 10);

/** One upgrade of one device, from the moment from which the platform knows of it. */
export class Upgrade {
  private readonly steps: readonly Step[];
  private readonly endStatus: number;
  /** From its installation on, some devices report the new version as their own. */
  private readonly reportsEarly: boolean;
  readonly endsAt: number;

  constructor(
    readonly number: number,
    readonly beginsAt: number,
    random: () => number,
  ) {
    const ms = (least: number, most: number) => between(least, most, random);
    this.steps = [
      { status: random() < 0.5 ? 1 : 7, ms: ms(500, 2000) },
      { status: 2, ms: ms(500, 2000) },
      { status: 3, ms: ms(3000, 7000), percent: [0, 100] },
      { status: 20, ms: ms(500, 1500), percent: [100, 100] },
      // It restarts while it installs, and is away for a moment then.
      ...(random() < 0.15 ? [{ status: 0, ms: ms(500, 1500) }] : []),
      { status: 4, ms: ms(1000, 3000) },
    ];
    this.endStatus = ENDS[Math.floor(random() * ENDS.length)] as number;
    this.reportsEarly = random() < 0.3;
    this.endsAt = beginsAt + this.steps.reduce((sum, step) => sum + step.ms, 0);
  }

  hasEnded(at: number): boolean {
    return at >= this.endsAt;
  }

  shownAt(at: number): Status {
    let left = Math.max(0, at - this.beginsAt);
    const step = this.steps.find(({ ms }) => {
      if (left < ms) return true;
      left -= ms;
      return false;
    });
    if (!step) return this.shown(this.endStatus, 100);
    const [first, last] = step.percent ?? [0, 0];
    return this.shown(step.status, Math.floor(first + ((last - first) * left) / step.ms));
  }

  private shown(Status: number, Percent: number): Status {
    const isNew = this.reportsEarly && (Status === 4 || isEnd(Status));
    const OriVersion = versionOf(isNew ? this.number : this.number - 1);
    return { Status, Percent, OriVersion, DstVersion: versionOf(this.number) };
  }
}

/** The upgrades of one device. Until its next one begins, the platform shows the end of the one before. */
export class Course {
  previous: Upgrade;
  latest: Upgrade;

  constructor(
    private readonly random: () => number,
    now: number,
  ) {
    this.previous = new Upgrade(1, Number.NEGATIVE_INFINITY, random);
    this.latest = new Upgrade(2, now - between(0, 2000, random), random);
  }

  /** The user has confirmed, and the platform has accepted. @returns false if an upgrade is under way */
  confirm(now: number): boolean {
    if (!this.latest.hasEnded(now)) return false;
    this.previous = this.latest;
    this.latest = new Upgrade(this.latest.number + 1, now + between(200, 2000, this.random), this.random);
    return true;
  }

  shownAt(at: number): Status {
    return at < this.latest.beginsAt ? this.previous.shownAt(Number.POSITIVE_INFINITY) : this.latest.shownAt(at);
  }
}

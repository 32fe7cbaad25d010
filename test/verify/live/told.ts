// What one watcher was told of one device, over all its connections: never a step backwards, never an older upgrade's end, and over one
// connection never the same twice in a row.

import { numberOf } from './course';

/** What is wrong with what was told. */
export type FaultKind = 'steps-backwards' | 'old-ends' | 'alike-in-a-row';

export interface Event {
  readonly phase?: string;
  readonly platformStatus?: number | null;
  readonly percent?: number | null;
  readonly fromVersion?: string | null;
  readonly toVersion?: string | null;
  readonly failureReason?: string | null;
  readonly code?: string;
  readonly nextStep?: string;
}

const ENDS = ['SUCCEEDED', 'FAILED', 'TIMED_OUT'];
/** How far an upgrade is. Other phases say nothing about it. */
const RANKS: Readonly<Record<string, number>> = {
  AWAITING_CONFIRMATION: 0,
  SETTLING: 1,
  PENDING: 2,
  PROCESSING: 2,
  DELIVERED: 3,
  DOWNLOADING: 4,
  DOWNLOADED: 5,
  INSTALLING: 6,
};

export class Told {
  /** The number of the last upgrade whose end was told, and of the latest one that was told of at all. */
  ended = 0;
  private latest = 0;
  /** Ends of upgrades before this one are old. */
  private least = 0;
  private rank = -1;
  private percent = 0;
  private last = '';
  signIn = false;

  /** @param pressed the number of the upgrade that the user asked for last */
  constructor(
    private readonly onFault: (kind: FaultKind, what: string) => void,
    private readonly pressed: () => number,
  ) {}

  /** A new connection, after the confirm of the upgrade of this number was answered. */
  connected(number: number): void {
    this.last = '';
    this.least = Math.max(this.least, number);
  }

  take(event: Event, text: string): void {
    const before = this.last;
    this.last = text;
    if (text === before) this.onFault('alike-in-a-row', text);
    const { phase, percent } = event;
    if (event.nextStep === 'SIGN_IN') this.signIn = true;
    if (phase === undefined) return;
    const number = event.toVersion ? numberOf(event.toVersion) : this.numberWithoutVersions(phase);
    if (ENDS.includes(phase)) this.takeEnd(number, text);
    else if (phase in RANKS)
      this.takeMoving(number, RANKS[phase] as number, percent ?? undefined, `${this.place()} then ${text}`);
  }

  /** What is read late may be from before the last press: of the upgrade that was told of, unless that one's end was told. */
  private numberWithoutVersions(phase: string): number {
    const isAfterPress = phase === 'SETTLING' || this.ended >= this.latest;
    return Math.max(this.latest, this.least, isAfterPress ? this.pressed() : 0);
  }

  private place(): string {
    return `upgrade ${this.latest}, rank ${this.rank}, ${this.percent} percent`;
  }

  private takeEnd(number: number, text: string): void {
    if (number < this.least || number < this.latest)
      this.onFault('old-ends', `${this.place()}, none before ${this.least}: ${text}`);
    this.ended = number;
    this.latest = Math.max(number, this.latest);
    // What follows is another upgrade, or the same one shown by a replica that lags.
    this.rank = -1;
  }

  private takeMoving(number: number, rank: number, percent: number | undefined, what: string): void {
    if (rank === RANKS.SETTLING) this.least = Math.max(this.least, this.ended + 1);
    const isNew = number > this.latest;
    const isBack =
      number < this.latest || (!isNew && (rank < this.rank || (rank === this.rank && (percent ?? 100) < this.percent)));
    if (isBack) this.onFault('steps-backwards', what);
    this.latest = Math.max(number, this.latest);
    this.rank = rank;
    this.percent = percent ?? (isNew ? 0 : this.percent);
  }
}

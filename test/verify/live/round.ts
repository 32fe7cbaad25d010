// A round of watching: many apps over every transport, users who confirm again once all were told the end, and the count of what went
// wrong.

import { setTimeout as pause } from 'node:timers/promises';
import { picked, randomFor } from '../random';
import { PRODUCT, type Run } from '../run';
import type { LivePlatform } from './platform';
import type { FaultKind } from './told';
import { TRANSPORTS, type Transport } from './transports';
import { type Habit, type Scene, Watcher } from './watcher';

const TICK_MS = 250;
/** An end has reached whoever watches after so long: what stays still is looked at every 10 s, and some looks fail. */
export const END_LIMIT_MS = 30_000;
const CONFIRM_AFTER_MS = 1000;
const A_LIST = 5;

const habits: readonly { weight: number; habit: Habit }[] = [
  { weight: 60, habit: 'stays' },
  { weight: 18, habit: 'leaves' },
  { weight: 14, habit: 'stalls' },
  { weight: 8, habit: 'never reads' },
];

/** Where streams and confirms are taken. */
export interface Home {
  origin(): string;
  hasLeft(origin: string): boolean;
  confirm(device: string, token: string): Promise<unknown>;
}

export interface RoundOptions {
  readonly name: string;
  readonly users: number;
  readonly devices: number;
  readonly watchers: number;
  readonly transports?: readonly Transport[];
}

interface Device {
  readonly name: string;
  readonly id: string;
  readonly user: number;
  readonly watchers: Watcher[];
  confirmed: number;
  pressed: number;
  isConfirming: boolean;
}

export class Round implements Scene {
  readonly faults: Record<FaultKind | 'ended-early' | 'never-ended' | 'go-on-though-refused', string[]> = {
    'steps-backwards': [],
    'old-ends': [],
    'alike-in-a-row': [],
    'ended-early': [],
    'never-ended': [],
    'go-on-though-refused': [],
  };
  readonly watchers: Watcher[] = [];
  confirms = 0;
  worstEndMs = 0;
  private readonly devices = new Map<string, Device>();
  private readonly late = new Set<string>();
  private refusedUser: number | undefined;
  private mayConfirm = true;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly run: Run,
    private readonly platform: LivePlatform,
    private readonly home: Home,
    private readonly options: RoundOptions,
  ) {
    const random = randomFor(options.name, run.seed);
    for (let i = 0; i < options.devices; i++) {
      const name = `${options.name}-${i}`;
      // The first user has more devices than their share of the budget is enough for.
      const user = random() < 0.1 ? 0 : i % options.users;
      const { number } = platform.course(name).latest;
      const id = `${PRODUCT}/${name}`;
      this.devices.set(id, { name, id, user, watchers: [], confirmed: number, pressed: number, isConfirming: false });
    }
    for (let i = 0; i < options.watchers; i++) this.add(i, random);
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  private token(user: number): string {
    return this.run.canary.token(Number.parseInt(this.options.name.replace(/\W/g, ''), 36) * 100 + user);
  }

  private add(number: number, random: () => number): void {
    const all = [...this.devices.values()];
    const first = all[number % all.length] as Device;
    const others = all.filter(({ user }) => user === first.user);
    const from = others.indexOf(first);
    const devices = random() < 0.3 ? others.slice(from, from + A_LIST) : [first];
    const { transports = TRANSPORTS, name } = this.options;
    const watcher = new Watcher(
      {
        name: `${name}-watcher-${number}`,
        transport: transports[number % transports.length] as Transport,
        habit: picked(habits, random).habit,
        token: this.token(first.user),
        devices: devices.map(({ id }) => id),
        seed: this.run.seed,
      },
      this,
    );
    this.watchers.push(watcher);
    for (const device of devices) device.watchers.push(watcher);
  }

  /** All come within so long. */
  async begin(withinMs: number): Promise<void> {
    for (const watcher of this.watchers) {
      watcher.watch();
      await pause(withinMs / this.watchers.length);
    }
  }

  /** The platform refuses the last user's token from now on. */
  refuse(): void {
    this.refusedUser = this.options.users - 1;
    this.platform.refuse(this.token(this.refusedUser));
  }

  /** No new upgrades; resolves once all were told the end of the last ones, or it is too late. Then all leave. */
  async end(): Promise<void> {
    this.mayConfirm = false;
    const deadline = performance.now() + 2 * END_LIMIT_MS;
    while (performance.now() < deadline && !this.isOver()) await pause(TICK_MS);
    for (const { watchers, user, id } of this.devices.values())
      if (user === this.refusedUser)
        for (const { since, options } of watchers)
          if (since !== undefined)
            this.faults['go-on-though-refused'].push(`${options.name} ${options.transport} ${id}`);
    await this.leave();
  }

  /** Resolves once no confirm is under way any more. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    for (const watcher of this.watchers) watcher.over();
    while ([...this.devices.values()].some(({ isConfirming }) => isConfirming)) await pause(TICK_MS);
  }

  origin = (): string => this.home.origin();
  hasLeft = (origin: string): boolean => this.home.hasLeft(origin);
  confirmed = (id: string): number => this.devices.get(id)?.confirmed ?? 0;
  pressed = (id: string): number => this.devices.get(id)?.pressed ?? 0;
  fault = (kind: FaultKind | 'ended-early', what: string): void => void this.faults[kind].push(what);

  private isOver(): boolean {
    const now = performance.now();
    return [...this.devices.values()].every(
      (device) =>
        !device.isConfirming &&
        this.platform.course(device.name).latest.hasEnded(now) &&
        this.untold(device).every(({ since }) => now - (since as number) > END_LIMIT_MS),
    );
  }

  /** Whoever watches a device, and was not told its end yet. */
  private untold({ id, user, watchers, name }: Device): Watcher[] {
    const { number } = this.platform.course(name).latest;
    return watchers.filter(({ since, told }) => {
      if (since === undefined) return false;
      return user === this.refusedUser || (told.get(id)?.ended ?? 0) < number;
    });
  }

  private tick(): void {
    const now = performance.now();
    for (const device of this.devices.values()) {
      const { latest } = this.platform.course(device.name);
      if (!latest.hasEnded(now) || device.isConfirming || device.user === this.refusedUser) continue;
      const untold = this.untold(device);
      for (const { since = now, options } of untold) {
        const ms = now - Math.max(since, latest.endsAt);
        this.worstEndMs = Math.max(this.worstEndMs, Math.round(ms));
        const what = `${options.name} ${options.transport} ${device.id} ${latest.number}`;
        if (ms < END_LIMIT_MS || this.late.has(what)) continue;
        this.late.add(what);
        this.faults['never-ended'].push(what);
      }
      if (this.mayConfirm && untold.length === 0 && now - latest.endsAt > CONFIRM_AFTER_MS) void this.confirm(device);
    }
  }

  private async confirm(device: Device): Promise<void> {
    device.isConfirming = true;
    device.pressed = this.platform.course(device.name).latest.number + 1;
    this.confirms++;
    await this.home.confirm(device.name, this.token(device.user));
    device.confirmed = this.platform.course(device.name).latest.number;
    device.isConfirming = false;
    for (const watcher of device.watchers) watcher.watch();
  }
}

// One app that follows upgrades: it comes again wherever it is let in until it was told the end, and has habits of its own.

import { between, randomFor } from '../random';
import { type Event, type FaultKind, Told } from './told';
import { type OpenStream, open, type Transport } from './transports';

const UPGRADE = `firmwareUpgrade {
  ... on FirmwareUpgrade { phase platformStatus percent fromVersion toVersion failureReason }
  ... on TokenApiError { code nextStep }
}`;
export const QUERY = `subscription Follow($ids: [ID!]!) { firmwareUpgradesProgress(ids: $ids) { device { id ${UPGRADE} } } }`;

/** What a watcher does besides watching. Whoever never reads is cut by the gateway. */
export type Habit = 'stays' | 'leaves' | 'stalls' | 'never reads';
const COME_AGAIN_MS = 300;

export interface Scene {
  /** Where streams are taken at the moment. */
  origin(): string;
  /** Whether the gateway there was told to go. */
  hasLeft(origin: string): boolean;
  /** The number of the latest upgrade of a device whose confirm was answered. */
  confirmed(device: string): number;
  /** And of the latest one whose confirm was sent. */
  pressed(device: string): number;
  fault(kind: FaultKind | 'ended-early', what: string): void;
}

export interface WatcherOptions {
  readonly name: string;
  readonly transport: Transport;
  readonly habit: Habit;
  readonly token: string;
  /** By their ids. */
  readonly devices: readonly string[];
  readonly seed: number;
}

export class Watcher {
  readonly told: ReadonlyMap<string, Told>;
  /** Since when it wants to be told, and can be; undefined while it is away, does not read or has had enough. */
  since: number | undefined;
  events = 0;
  connections = 0;
  isOver = false;
  private stream: OpenStream | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly random: () => number;

  constructor(
    readonly options: WatcherOptions,
    private readonly scene: Scene,
  ) {
    const { name, seed, devices, transport } = options;
    this.random = randomFor(name, seed);
    this.told = new Map(
      devices.map((id) => [
        id,
        new Told(
          (kind, what) => scene.fault(kind, `${name} ${transport} ${id}: ${what}`),
          () => scene.pressed(id),
        ),
      ]),
    );
  }

  /** Follows its devices, unless it does already. */
  watch(): void {
    if (this.stream || this.isOver) return;
    clearTimeout(this.timer);
    const { devices, token, transport, habit } = this.options;
    const origin = this.scene.origin();
    const wanted = new Map(devices.map((id) => [id, this.scene.confirmed(id)]));
    this.since ??= performance.now();
    this.connections++;
    for (const [id, told] of this.told) told.connected(wanted.get(id) as number);
    this.stream = open(transport, {
      origin,
      token,
      query: QUERY,
      variables: { ids: devices },
      onEvent: (result) => this.take(result),
      onEnd: (isComplete) => this.ended(isComplete && !this.scene.hasLeft(origin), wanted),
    });
    if (habit === 'never reads') {
      this.since = undefined;
      this.stream.pause();
    } else if (habit !== 'stays') this.timer = setTimeout(() => this.goOn(), between(2000, 8000, this.random));
  }

  over(): void {
    this.isOver = true;
    this.since = undefined;
    clearTimeout(this.timer);
    this.stream?.leave();
  }

  /** Nothing more is told to it until a confirm, or was when it began to watch. */
  private isFinished(wanted?: ReadonlyMap<string, number>): boolean {
    return [...this.told].every(
      ([id, { ended, signIn }]) => signIn || ended >= (wanted?.get(id) ?? this.scene.confirmed(id)),
    );
  }

  private take(result: string): void {
    const { data, errors } = JSON.parse(result);
    if (!data) {
      this.scene.fault('ended-early', `${this.options.name}: ${JSON.stringify(errors)}`);
      return;
    }
    const { device } = data.firmwareUpgradesProgress;
    this.events++;
    this.told.get(device.id)?.take(device.firmwareUpgrade as Event, JSON.stringify(device.firmwareUpgrade));
  }

  private ended(mustBeFinished: boolean, wanted: ReadonlyMap<string, number>): void {
    this.stream = undefined;
    clearTimeout(this.timer);
    if (this.isOver) return;
    if (mustBeFinished && !this.isFinished(wanted))
      this.scene.fault('ended-early', `${this.options.name} ${this.options.transport}: complete before the end`);
    if (this.isFinished()) this.since = undefined;
    else this.timer = setTimeout(() => this.watch(), between(0, COME_AGAIN_MS, this.random));
  }

  /** Leaves for a while, or reads nothing for a while. */
  private goOn(): void {
    this.since = undefined;
    const { stream } = this;
    if (this.options.habit === 'leaves') {
      stream?.leave();
      return;
    }
    stream?.pause();
    this.timer = setTimeout(
      () => {
        this.since = performance.now();
        stream?.resume();
      },
      between(3000, 8000, this.random),
    );
  }
}

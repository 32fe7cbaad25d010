// Spare connections for confirms: open, TLS done, never used. A confirm that takes one waits for no handshake, and does not meet a
// server that closes a connection because its last request is long ago.

import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { BackOff } from './backOff';
import type { Connector } from './connector';
import { Spare } from './spare';

/** Most spare connections at once, the one that is being made included. The second is made under load only. */
export const SPARES_LIMIT = 2;
/** Oldest that a spare may be when it is used: servers close a connection that asks nothing, the least patient commonly after 10 s. */
export const SPARE_AGE_MS = 5000;
/** So long after the last call of a user there are spares. */
export const SPARES_STAY_MS = 10_000;

/** At this age its successor is made. */
const RENEW_AGE_MS = 4000;
/** Two connections that are asked for within so long are load. */
const LOAD_MS = 1000;

/** What became of a spare; `missing` is one that a confirm wanted and that was not there. */
export type SpareFate = 'taken' | 'missing' | 'unused' | 'lost' | 'failed';

export interface SparesOptions {
  /** Whether the platform may be asked for a connection that no call needs. */
  mayDial: () => boolean;
  onSpare: (fate: SpareFate) => void;
}

export class Spares {
  /** The oldest first. */
  private readonly ready: Spare[] = [];
  private readonly backOff = new BackOff();
  /** Gives up the one that is being made. */
  private giveUp: (() => void) | undefined;
  private wantedUntil = Number.NEGATIVE_INFINITY;
  private loadUntil = Number.NEGATIVE_INFINITY;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly connector: Connector,
    private readonly options: SparesOptions,
  ) {}

  /** A user is there, who may confirm soon. Called for every call: it notes a time. */
  userIsThere(): void {
    this.wantedUntil = performance.now() + SPARES_STAY_MS;
    if (this.ready.length === 0) this.fill();
  }

  /** For undici's `connect`: hands over a spare, or makes a connection. */
  readonly connect: buildConnector.connector = (options, callback) => {
    const now = performance.now();
    if (now - this.askedAt < LOAD_MS) this.loadUntil = now + LOAD_MS;
    this.askedAt = now;
    this.handOver(options, (...made) => {
      callback(...made);
      // The next one's handshake takes the processor for a while: whoever waits for this one comes first.
      setImmediate(() => this.fill());
    });
  };

  close(): void {
    this.wantedUntil = Number.NEGATIVE_INFINITY;
    this.giveUp?.();
    for (const spare of [...this.ready]) this.drop(spare);
  }

  private handOver(options: buildConnector.Options, callback: buildConnector.Callback): void {
    // The youngest: servers close the oldest first.
    const spare = this.ready.pop();
    if (!spare) {
      this.options.onSpare('missing');
      this.connector.connect(options, callback);
      return;
    }
    // A whole turn of the event loop: what the server has sent by now, its good-bye included, is read in it and ends the spare.
    setImmediate(() =>
      setImmediate(() => {
        // After a stall of the process, what ends its time comes late.
        if (spare.ageMs > SPARE_AGE_MS) this.drop(spare);
        if (spare.isLost) return this.handOver(options, callback);
        this.options.onSpare('taken');
        const socket = spare.release();
        this.learnFrom(socket);
        callback(null, socket);
      }),
    );
  }

  /** A server that hangs up on what it is asked on a spare is not to be given any for a while. */
  private learnFrom(socket: Socket): void {
    const before = socket.bytesRead;
    socket.once('close', () => {
      if (socket.bytesRead > before) this.backOff.won();
      else this.backOff.lost();
    });
  }

  /** Makes a spare, if one is wanted and none is being made. */
  private fill(): void {
    const now = performance.now();
    if (this.giveUp || now > this.wantedUntil || !this.backOff.isOver || !this.options.mayDial()) return;
    const young = this.ready.filter(({ ageMs }) => ageMs < RENEW_AGE_MS).length;
    if (young >= (now < this.loadUntil ? SPARES_LIMIT : 1)) return;
    const [oldest] = this.ready;
    if (oldest && this.ready.length === SPARES_LIMIT) this.drop(oldest);
    this.giveUp = this.connector.dial((_error, socket) => {
      this.giveUp = undefined;
      // Nobody may be there any more, after a slow handshake or while stopping.
      if (socket && performance.now() > this.wantedUntil) socket.destroy();
      else if (socket) this.add(socket);
      else {
        this.options.onSpare('failed');
        this.backOff.lost();
      }
    });
  }

  private add(socket: Socket): void {
    for (const old of this.ready.filter(({ ageMs }) => ageMs >= RENEW_AGE_MS)) this.drop(old);
    const spare: Spare = new Spare(socket, () => {
      this.forget(spare);
      this.options.onSpare('lost');
      this.backOff.lost();
      this.fill();
    });
    this.ready.push(spare);
    this.tend(spare);
    this.fill();
  }

  /** Looks after a spare when it is to be renewed, when it is too old, and when nobody may be there any more. */
  private tend(spare: Spare): void {
    const leftMs = this.wantedUntil - performance.now();
    const { ageMs } = spare;
    if (leftMs <= 0 || ageMs >= SPARE_AGE_MS) {
      this.drop(spare);
      return;
    }
    if (ageMs >= RENEW_AGE_MS) {
      // A server that has borne it for so long has the patience that is needed.
      this.backOff.won();
      this.fill();
    }
    const nextAgeMs = ageMs < RENEW_AGE_MS ? RENEW_AGE_MS : SPARE_AGE_MS;
    spare.later(Math.min(nextAgeMs - ageMs, leftMs), () => this.tend(spare));
  }

  /** Throws away a spare that nobody needed. */
  private drop(spare: Spare): void {
    this.forget(spare);
    spare.destroy();
    this.options.onSpare('unused');
  }

  private forget(spare: Spare): void {
    const index = this.ready.indexOf(spare);
    if (index >= 0) this.ready.splice(index, 1);
  }
}

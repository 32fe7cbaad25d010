// The connections of a server, of which there are so many at most: one that is idle makes room for a newcomer, and where none is, the
// newcomer is told so. Node itself turns newcomers away without a word.

import type { Socket } from 'node:net';
import { Connection, type ConnectionOptions, connectionOf } from './connection';

/** Newcomers that wait beyond the limit for a place or a refusal, which comes with their first request. */
export const NEWCOMERS_LIMIT = 100;

/** A connection that asks for nothing yet, and a request that is not whole, are let alone for so long. */
export const ARRIVING_MS = 1000;

export interface ConnectionsOptions extends ConnectionOptions {
  limit: number;
  arrivingMs?: number | undefined;
}

export class Connections {
  /** The one whose last request is longest ago comes first. */
  private readonly open = new Set<Connection>();
  /** Those that have no place yet. The one that came first comes first. */
  private readonly newcomers = new Set<Connection>();
  /** None is idle until then, by `performance.now()`, unless one ends what it does. */
  private noneIdleUntil = 0;
  /** Those whose current request was answered in this turn of the event loop. */
  private readonly answered: Connection[] = [];

  readonly arrivingMs: number;

  constructor(readonly options: ConnectionsOptions) {
    this.arrivingMs = options.arrivingMs ?? ARRIVING_MS;
  }

  /** Takes a connection in. At the limit, the one that is longest idle makes room; if all are busy, the new one waits. */
  opened(socket: Socket): void {
    // It is the same one if Node is told to read it as HTTP once more.
    if (connectionOf(socket)) return;
    const connection = new Connection(this, socket);
    if (!this.admits(connection)) this.wait(connection);
    socket.once('close', () => {
      this.open.delete(connection);
      this.newcomers.delete(connection);
      connection.closed();
    });
  }

  /** A connection has something to do. @returns whether it has a place */
  used(connection: Connection): boolean {
    return this.moved(connection) || this.admits(connection);
  }

  /** Something came in another protocol, or has ended. The connection may be closed by then. */
  ended(connection: Connection): void {
    this.noneIdleUntil = 0;
    this.moved(connection);
  }

  /**
   * The connection goes on in the next turn of the event loop: Node reads up to 2 MB of one connection in a turn, and thousands
   * of quick requests in it would be answered before anybody else's.
   */
  goOnLater(connection: Connection): void {
    this.noneIdleUntil = 0;
    if (this.answered.push(connection) > 1) return;
    setImmediate(() => {
      for (const one of this.answered.splice(0)) one.goOn();
    });
  }

  destroyAll(): void {
    for (const { socket } of [...this.open, ...this.newcomers]) socket.destroy();
  }

  /** Behind the others, if it is among them. */
  private moved(connection: Connection): boolean {
    if (!this.open.delete(connection)) return false;
    this.open.add(connection);
    return true;
  }

  private admits(connection: Connection): boolean {
    if (connection.socket.destroyed || (this.open.size >= this.options.limit && !this.madeRoom())) return false;
    this.newcomers.delete(connection);
    this.open.add(connection);
    this.noneIdleUntil = 0;
    return true;
  }

  /** Whoever has waited for longest goes. */
  private wait(connection: Connection): void {
    const [first] = this.newcomers;
    if (first && this.newcomers.size >= NEWCOMERS_LIMIT) this.cut(first);
    this.newcomers.add(connection);
  }

  private madeRoom(): boolean {
    const now = performance.now();
    if (now < this.noneIdleUntil) return false;
    const busy: Connection[] = [];
    let idleFrom = Number.POSITIVE_INFINITY;
    for (const connection of this.open) {
      if (connection.idleFrom > now) {
        idleFrom = Math.min(idleFrom, connection.idleFrom);
        busy.push(connection);
        continue;
      }
      this.cut(connection);
      // Behind the others, so that the next newcomer need not look at them first.
      for (const each of busy) this.moved(each);
      return true;
    }
    this.noneIdleUntil = idleFrom;
    return false;
  }

  private cut(connection: Connection): void {
    this.options.onCut('crowded');
    this.open.delete(connection);
    this.newcomers.delete(connection);
    connection.socket.destroy();
  }
}

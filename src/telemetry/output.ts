// Text on its way out of the process by stdout or stderr. Whoever reads there may be slow or stop reading, so no write waits, what
// waits is bounded, and no line is cut by another.

import { constants, fstatSync, openSync, writevSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type PinoPretty from 'pino-pretty';

/** Bytes of log lines that wait for a reader; what comes beyond is dropped and counted. */
export const LOG_BUFFER_BYTES = 1_048_576;
/** So long a line that is to be written at once waits for a reader. */
export const AUDIT_WAIT_MS = 100;
const BLOCK_BYTES = 16_000;
const FLUSH_MS = 100;
const RETRY_MS = 10;

export interface Output {
  /** Takes whole lines, to write them in blocks. @returns false if there is no room, so that they are dropped */
  write(lines: string): boolean;
  /**
   * Writes whole lines now, after what came before; if there is no room, before what is written in blocks.
   *
   * @returns true once they are written; false if they are not within AUDIT_WAIT_MS, and at once if nothing has been taken for so long
   */
  writeNow(lines: string): boolean | Promise<boolean>;
  /** Writes all that waits. @returns whether all of it was taken in time */
  flush(limitMs: number): Promise<boolean>;
}

/** What the descriptor has not yet taken. */
interface Piece {
  bytes: Buffer;
  /** Of what is to be written at once. */
  urgent?: { giveUpAt: number; written(isWritten: boolean): void };
}

/** Writes to a descriptor whose writes do not wait. */
export function createOutput(fd: number): Output & { attempt(): void } {
  /** Pieces that are next, the first perhaps taken in part; then lines that are written in blocks. */
  let pieces: Piece[] = [];
  const later: Buffer[] = [];
  let isTorn = false;
  let waitingBytes = 0;
  /** When the descriptor last took something, if it now takes nothing. */
  let stalledAt: number | undefined;
  let failure: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const tickIn = (ms: number) => {
    if (timer === undefined) timer = setTimeout(tick, ms).unref();
  };

  function tick(): void {
    timer = undefined;
    attempt();
    giveUp();
    if (waitingBytes > 0) tickIn(RETRY_MS);
  }

  /** Writes until nothing waits or the descriptor takes no more. */
  function attempt(): void {
    while (pieces.length > 0 || takeBlock()) if (!writeOnce()) return;
    stalledAt = undefined;
  }

  /** @returns whether there was one */
  function takeBlock(): boolean {
    let size = 0;
    while (size < BLOCK_BYTES && later[0]) {
      const bytes = later.shift() as Buffer;
      pieces.push({ bytes });
      size += bytes.length;
    }
    return size > 0;
  }

  /** @returns whether all pieces were taken */
  function writeOnce(): boolean {
    const size = pieces.reduce((total, { bytes }) => total + bytes.length, 0);
    let taken = 0;
    try {
      taken = writevSync(
        fd,
        pieces.map(({ bytes }) => bytes),
      );
    } catch (cause) {
      failure = (cause as NodeJS.ErrnoException).code;
    }
    if (taken > 0 || stalledAt === undefined) stalledAt = performance.now();
    waitingBytes -= taken;
    if (taken > 0) remove(taken);
    return taken === size;
  }

  function remove(taken: number): void {
    while (pieces[0] && taken >= pieces[0].bytes.length) {
      const { bytes, urgent } = pieces.shift() as Piece;
      taken -= bytes.length;
      isTorn = false;
      urgent?.written(true);
    }
    if (pieces[0] && taken > 0) {
      pieces[0].bytes = pieces[0].bytes.subarray(taken);
      isTorn = true;
    }
  }

  /** A line that was begun is written to its end, whenever that is; one that was not begun is not written later. */
  function giveUp(): void {
    const now = performance.now();
    pieces = pieces.filter((piece, i) => {
      if (piece.urgent === undefined || piece.urgent.giveUpAt > now) return true;
      piece.urgent.written(false);
      delete piece.urgent;
      if (i === 0 && isTorn) return true;
      waitingBytes -= piece.bytes.length;
      return false;
    });
  }

  return {
    attempt,
    write(lines) {
      const bytes = Buffer.from(lines);
      if (waitingBytes + bytes.length > LOG_BUFFER_BYTES) return false;
      waitingBytes += bytes.length;
      later.push(bytes);
      if (stalledAt === undefined && waitingBytes >= BLOCK_BYTES) attempt();
      tickIn(stalledAt === undefined ? FLUSH_MS : RETRY_MS);
      return true;
    },
    writeNow(lines) {
      if (stalledAt !== undefined && performance.now() - stalledAt >= AUDIT_WAIT_MS) return false;
      // One write for both.
      if (stalledAt === undefined) takeBlock();
      const piece: Piece = { bytes: Buffer.from(lines) };
      waitingBytes += piece.bytes.length;
      pieces.push(piece);
      if (stalledAt === undefined) attempt();
      if (!pieces.includes(piece)) return true;
      tickIn(RETRY_MS);
      return new Promise((written) => {
        piece.urgent = { giveUpAt: performance.now() + AUDIT_WAIT_MS, written };
      });
    },
    async flush(limitMs) {
      const endsAt = performance.now() + limitMs;
      for (;;) {
        failure = undefined;
        attempt();
        // Other failures than a full pipe do not pass within such a time.
        if (waitingBytes === 0 || (failure !== undefined && failure !== 'EAGAIN')) break;
        if (performance.now() >= endsAt) break;
        await pause(RETRY_MS);
      }
      return waitingBytes === 0;
    },
  };
}

const outputs = new Map<string, Output>();

/** The one output of stdout (1) or stderr (2): the same one if both lead to the same place. */
export function outputOf(fd: 1 | 2): Output {
  const { dev, ino } = fstatSync(fd);
  const place = `${dev} ${ino}`;
  const found = outputs.get(place);
  if (found) return found;
  const output = createOutput(descriptorWithoutWaiting(fd));
  // Whatever ends the process: one more attempt, which does not wait.
  process.once('exit', output.attempt);
  const made = isatty(fd) ? forPeople(output) : output;
  outputs.set(place, made);
  return made;
}

/** Lines for people in a terminal, and at once. */
function forPeople(output: Output & { attempt(): void }): Output {
  // Loaded late: a process whose output goes to a log has no use for it.
  const pretty = (require('pino-pretty') as typeof PinoPretty).prettyFactory({});
  const shown = (lines: string) =>
    lines
      .split(/(?<=\n)/)
      .map(pretty)
      .join('');
  return {
    write(lines) {
      const hasRoom = output.write(shown(lines));
      output.attempt();
      return hasRoom;
    },
    writeNow: (lines) => output.writeNow(shown(lines)),
    flush: output.flush,
  };
}

/**
 * A descriptor of the same pipe or terminal whose writes do not wait. It is opened anew where that can be done, because what is set
 * on an inherited one is set, and unset again, for every process that has it.
 */
function descriptorWithoutWaiting(fd: 1 | 2): number {
  // A write to a file does not wait for a reader.
  if (fstatSync(fd).isFile()) return fd;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // A socket, another user's pipe, another system: Node sets the inherited one when its stream is made.
    void (fd === 1 ? process.stdout : process.stderr);
    return fd;
  }
}

// The log lines that every request causes, in pino's form and through its output, but concatenated here: pino's own way costs
// several times as much (`npm run bench -- --only telemetry` says how much of a request). The audit's lines are among them.

import type { Output } from './output';

/** What is told of lines that nobody read in time. */
export interface Dropped {
  linesDropped(count: number): void;
  /** Confirms that were sent without their line. */
  auditDropped(count: number): void;
}

/** Takes lines' members, as JSON without braces. Lines of the same turn of the event loop are written together. */
export interface InfoLines {
  add(members: string): void;
  /** @returns a promise for the moment when this turn's lines are written, or dropped because nobody reads */
  addNow(members: string): Promise<void>;
}

const INFO = 30;

export function createInfoLines(output: Pick<Output, 'write' | 'writeNow'>, dropped: Dropped): InfoLines {
  let turn: Turn | undefined;

  function turnOf(): Turn {
    if (turn === undefined) {
      turn = new Turn();
      setImmediate(write);
    }
    return turn;
  }

  function write(): void {
    const { lines, count, now } = turn as Turn;
    turn = undefined;
    if (lines !== '' && !output.write(lines)) dropped.linesDropped(count);
    if (now === undefined) return;
    const end = (isWritten: boolean) => {
      if (!isWritten) dropped.auditDropped(now.count);
      now.end();
    };
    const isWritten = output.writeNow(now.lines);
    if (typeof isWritten === 'boolean') end(isWritten);
    else void isWritten.then(end);
  }

  return {
    add(members) {
      const current = turnOf();
      current.lines += `${current.start}${members}}\n`;
      current.count++;
    },
    addNow(members) {
      const current = turnOf();
      current.now ??= new Now();
      current.now.lines += `${current.start}${members}}\n`;
      current.now.count++;
      return current.now.ended;
    },
  };
}

/** The lines of one turn of the event loop. */
class Turn {
  readonly start = `{"level":${INFO},"time":"${new Date().toISOString()}",`;
  lines = '';
  count = 0;
  now: Now | undefined;
}

/** Those of them that somebody waits for. */
class Now {
  lines = '';
  count = 0;
  end = (): void => undefined;
  readonly ended = new Promise<void>((resolve) => {
    this.end = resolve;
  });
}

/** A member that may be absent, preceded by a comma. The text may be anything. */
export const optionalMember = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${JSON.stringify(text)}`;

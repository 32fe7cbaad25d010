// The log lines that every request causes, in pino's form and through its stream, but concatenated here: pino's own way costs
// several times as much (`npm run bench -- --only telemetry` says how much of a request).

import type { DestinationStream, Logger } from 'pino';

/**
 * @returns what takes a line's members, as JSON without braces; undefined if the level admits no such line. Lines that are
 * logged in the same turn of the event loop are written together.
 */
export function createInfoLines(log: Logger, stream: DestinationStream): ((members: string) => void) | undefined {
  if (!log.isLevelEnabled('info')) return undefined;
  let start = '';
  let lines = '';
  const write = () => {
    stream.write(lines);
    lines = '';
  };
  return (members) => {
    if (lines === '') {
      start = `{"level":${log.levels.values.info},"time":"${new Date().toISOString()}",`;
      setImmediate(write);
    }
    lines += `${start}${members}}\n`;
  };
}

/** A member that may be absent, preceded by a comma. The text may be anything. */
export const optionalMember = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${JSON.stringify(text)}`;

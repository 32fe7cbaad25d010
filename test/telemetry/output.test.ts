// What goes out by a pipe whose reader is slow: whole lines in order, bounded, and never a wait.

import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUDIT_WAIT_MS, createOutput, LOG_BUFFER_BYTES, type Output } from '../../src/telemetry/output';
import { until } from '../pair';

let folder: string;
let [writer, reader] = [0, 0];
let read = '';
let output: Output;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-'));
  const path = join(folder, 'pipe');
  spawnSync('mkfifo', [path]);
  reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  read = '';
  output = createOutput(writer);
});
afterEach(async () => {
  // What still waits would be written to whatever gets the descriptor's number next.
  await until(() => {
    while (readSome(PIPE_BYTES));
    return output.flush(0);
  });
  closeSync(writer);
  closeSync(reader);
  rmSync(folder, { recursive: true });
});

/** Reads so much of what is in the pipe. @returns whether there was anything */
function readSome(bytes: number): boolean {
  const buffer = Buffer.alloc(bytes);
  try {
    const count = readSync(reader, buffer);
    read += buffer.toString('latin1', 0, count);
    return count > 0;
  } catch {
    return false;
  }
}

const line = (name: string, length = 100) => `${name}:${'x'.repeat(length - name.length - 2)}\n`;
const PIPE_BYTES = 65_536;

it('writes what is to be written now in the same turn, after what came before', () => {
  expect(output.write('one\n')).toBe(true);
  expect(output.writeNow('two\n')).toBe(true);
  readSome(100);
  expect(read).toBe('one\ntwo\n');
});

it('keeps lines up to its limit, drops whole ones beyond, and writes the others in order once they are read', async () => {
  const taken: string[] = [];
  // More than the pipe and the buffer hold, in lines whose length divides neither.
  for (let i = 0; i * 997 < PIPE_BYTES + 2 * LOG_BUFFER_BYTES; i++) {
    const text = line(String(i), 997);
    if (output.write(text)) taken.push(text);
  }
  expect(taken.join('').length).toBeLessThan(PIPE_BYTES + LOG_BUFFER_BYTES + 997);
  expect(taken.join('').length).toBeGreaterThan(LOG_BUFFER_BYTES - 997);
  await until(() => {
    readSome(5000);
    return read.length >= taken.join('').length;
  });
  expect(read === taken.join('')).toBe(true);
});

it('writes what is to be written now before what waits, and cuts no line', async () => {
  const lines = Array.from({ length: 1000 }, (_, i) => line(String(i), 997));
  for (const each of lines) output.write(each);
  const written = output.writeNow('now\n');
  // A reader that comes back in time.
  readSome(PIPE_BYTES);
  expect(await written).toBe(true);
  const expected = lines.join('');
  await until(() => {
    readSome(PIPE_BYTES);
    return read.length >= expected.length + 'now\n'.length;
  });
  const at = read.indexOf('now\n');
  expect(at).toBeLessThan(3 * PIPE_BYTES);
  expect(read[at - 1]).toBe('\n');
  // Compared as one fact: a difference of a megabyte is not to be printed.
  expect(read.replace('now\n', '') === expected).toBe(true);
});

it('gives up what is to be written now when nobody reads, at once if nobody has for long, and does not write it later', async () => {
  while (output.write(line('before')));
  const startedAt = performance.now();
  expect(await output.writeNow('first\n')).toBe(false);
  expect(performance.now() - startedAt).toBeGreaterThan(AUDIT_WAIT_MS - 10);
  expect(output.writeNow('second\n')).toBe(false);
  await until(() => !readSome(PIPE_BYTES) && read.length > LOG_BUFFER_BYTES);
  expect(/first|second/.test(read)).toBe(false);
  expect(read.endsWith('\n')).toBe(true);
  // Read again, it is written to again.
  expect(await output.writeNow('third\n')).toBe(true);
});

it('ends a flush when its time is over, and says whether everything was taken', async () => {
  output.write('one\n');
  expect(await output.flush(0)).toBe(true);
  while (output.write(line('more')));
  expect(await output.flush(30)).toBe(false);
});

it('ends a flush at once when the reader is gone', async () => {
  closeSync(reader);
  output.write('one\n');
  expect(await output.flush(60_000)).toBe(false);
  reader = openSync(join(folder, 'pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
});

// A platform in a process of its own, that answers while this one is stalled.

import { type ChildProcess, spawn } from 'node:child_process';

export interface AnsweringProcess {
  url: string;
  /** How many calls arrived. */
  received(): number;
  close(): void;
}

/** Answers every call with a success, so many milliseconds after it came and in so many pieces. */
const SOURCE = `
const { createServer } = require('node:http');
const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  process.send('received');
  const { RequestId } = JSON.parse(text);
  const body = JSON.stringify({ Response: { RequestId } }).padEnd(Number(process.env.BYTES));
  setTimeout(() => response.end(body), Number(process.env.DELAY_MS));
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
`;

export async function startAnsweringProcess(delayMs: number, bytes: number): Promise<AnsweringProcess> {
  const env = { PATH: process.env.PATH ?? '', DELAY_MS: String(delayMs), BYTES: String(bytes) };
  const child: ChildProcess = spawn(process.execPath, ['-e', SOURCE], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let received = 0;
  const port = await new Promise<number>((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'number') resolve(message);
      else received++;
    });
  });
  return { url: `http://127.0.0.1:${port}/tokenapi`, received: () => received, close: () => void child.kill() };
}

// SLOW: clients that dawdle are cut, and nobody else notices them.

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startCalmUpstream } from '../calmUpstream';
import { createClient } from '../client';
import { startGateway } from '../gateway';
import type { Section } from '../report';
import type { Run } from '../run';

const EACH = 100;
const GOOD_USERS = 5;
/** The gateway gives a request ten seconds, and looks every second. */
const CUT_LIMIT_MS = 14_000;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';

const head = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

/** What each kind sends at once; then it adds a byte a second, or nothing at all. */
const kinds = [
  { name: 'slow-headers', start: `${head}X-Slow: `, dribbles: true },
  { name: 'slow-body', start: `${head}Content-Length: 500\r\n\r\n{`, dribbles: true },
  { name: 'idle', start: '', dribbles: false },
] as const;

export async function slow(run: Run, section: Section): Promise<void> {
  const upstream = await startCalmUpstream(20);
  const gateway = await startGateway(run, upstream.url);
  const client = createClient(run, gateway.origin);
  let cut = 0;
  const dawdlers = kinds.map((kind) =>
    Promise.all(
      Array.from({ length: EACH }, async () => {
        const answer = await dawdle(gateway.port, kind.start, kind.dribbles);
        cut++;
        return answer;
      }),
    ),
  );
  const progress = section.progress(() => `${cut} of ${kinds.length * EACH} slow clients cut`);
  let served = 0;
  const failed: string[] = [];
  let going = true;
  const good = Array.from({ length: GOOD_USERS }, async (_, user) => {
    for (let number = 0; going; number++) {
      const { result, status, body } = await client.confirm(`good-${user}-${number}`);
      if (result?.__typename === SUCCESS) served++;
      else failed.push(`${status} ${body}`);
      await pause(50);
    }
  });
  const answers = await Promise.all(dawdlers);
  going = false;
  await Promise.all(good);
  progress.stop();

  section.figure('slow-clients', kinds.length * EACH);
  kinds.forEach(({ name }, index) => {
    const told408 = (answers[index] ?? []).filter((text) => text.startsWith('HTTP/1.1 408'));
    section.check(`${name}-408`, `${told408.length}/${EACH}`, told408.length === EACH, answers[index] ?? []);
  });
  section.check('good-served', served, served > 0);
  section.none('good-failed', failed);
  const sends = upstream.ledger.receipts.length;
  section.check('sends', sends, sends === served);
  client.close();
  await gateway.stop();
  await upstream.close();
}

/** What it gets when it is cut, or in how far it was not. */
function dawdle(port: number, start: string, dribbles: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.write(start);
    const dribble = dribbles ? setInterval(() => socket.writable && socket.write('x'), 1000) : undefined;
    const limit = setTimeout(() => {
      answer ||= 'was not cut';
      socket.destroy();
    }, CUT_LIMIT_MS);
    socket.once('close', () => {
      clearInterval(dribble);
      clearTimeout(limit);
      resolve(answer || 'was cut without a word');
    });
  });
}

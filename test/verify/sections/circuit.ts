// CIRCUIT: an upstream that is dead is left alone, and asked again soon enough once it lives. Refusals are no death.

import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, createClient } from '../client';
import { crowd } from '../crowd';
import { startGateway } from '../gateway';
import { connectionFaults } from '../hostile/connectionFaults';
import type { ConnectionFault, Fault } from '../hostile/fault';
import { acceptances, refusalsByStatus } from '../hostile/statuses';
import { startHostileUpstream } from '../hostile/upstream';
import { createNaiveClient } from '../naive';
import { NOT_SENT, verdictOf } from '../reconcile';
import type { Section } from '../report';
import type { Run } from '../run';

const TIMEOUT_MS = 600;
const CONFIRMS = 200;
const USERS = 10;
/** Twenty attempts in a row open the circuit; each user may have one more under way, and a second try of it. */
const CONNECTIONS_LIMIT = 20 + 2 * USERS;
const OPEN_MS = 2000;
const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';

const reset = connectionFaults.find(({ name }) => name === 'RST before reading') as ConnectionFault;
const forbidden = refusalsByStatus.find(({ name }) => name.startsWith('HTTP 403')) as Fault;

export async function circuit(run: Run, section: Section): Promise<void> {
  let isDead = false;
  const upstream = await startHostileUpstream({
    seed: run.seed,
    faultFor: (device) => (device.startsWith('refused-') ? forbidden : (acceptances[0] as Fault)),
    connectionFaultFor: () => (isDead ? reset : undefined),
  });
  const gateway = await startGateway(run, upstream.url, { TOKENAPI_TIMEOUT_MS: String(TIMEOUT_MS) });
  const client = createClient(run, gateway.origin);
  const confirmAll = async (name: string, count: number) => {
    const answers: Answer[] = [];
    await crowd(count, USERS, async (number) => {
      answers.push(await client.confirm(`${name}-${number}`));
    });
    return answers;
  };

  // Only users whom the platform knows can open the circuit of all.
  await client.introduce();
  await confirmAll('refused', CONFIRMS);
  const afterRefusals = await confirmAll('after-refusals', 1);
  section.none('closed-by-refusals', notAccepted(afterRefusals));

  isDead = true;
  // Connections that stand would live on, the gateway's spare one among them.
  upstream.cut();
  const before = upstream.connections;
  const whileDead = await confirmAll('dead', CONFIRMS);
  const connections = upstream.connections - before;
  const notSent = whileDead.filter(({ result }) => result?.__typename === NOT_SENT);
  section.check('connections-while-dead', connections, connections <= CONNECTIONS_LIMIT);
  section.check('not-sent', `${notSent.length}/${CONFIRMS}`, notSent.length > CONFIRMS / 2);
  section.none(
    'without-retry',
    notSent.filter(({ result }) => result?.nextStep !== 'RETRY' || !result.retryAfterMs).map(({ body }) => body),
  );

  isDead = false;
  await pause(OPEN_MS + 200);
  section.none(
    'not-accepted-by-the-living',
    notAccepted([...(await confirmAll('probe', 1)), ...(await confirmAll('living', 50))]),
  );
  const { falseNotSent, doubleSends } = verdictOf(whileDead, upstream.ledger, TIMEOUT_MS);
  section.none('false-not-sent', falseNotSent);
  section.none('double-sends', doubleSends);
  client.close();
  await gateway.stop();

  isDead = true;
  const naive = createNaiveClient(upstream.url);
  const beforeControl = upstream.connections;
  await crowd(CONFIRMS, CONFIRMS, async (number) => {
    await naive.confirm(`naive-${number}`, run.canary.token(number));
  });
  const naiveConnections = upstream.connections - beforeControl;
  section.check('control-connections', naiveConnections, naiveConnections > CONNECTIONS_LIMIT);
  await naive.close();
  await upstream.close();
}

const notAccepted = (answers: readonly Answer[]): string[] =>
  answers.filter(({ result }) => result?.__typename !== SUCCESS).map(({ status, body }) => `${status} ${body}`);

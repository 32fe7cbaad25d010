// The control of the clock: a gateway that keeps its keys for a day by the wall clock, as one writes it in a hurry.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { request } from 'undici';
import { DAY_MS } from './clock';

const kept = new Map<unknown, { until: number; requestId: string }>();

async function answerTo(key: unknown, deviceName: string): Promise<string> {
  const known = kept.get(key);
  if (known && known.until > Date.now()) return known.requestId;
  const requestId = randomUUID();
  kept.set(key, { until: Date.now() + DAY_MS, requestId });
  const body = JSON.stringify({ Action: 'naive', RequestId: requestId, DeviceName: deviceName, AccessToken: 'naive' });
  const reply = await request(process.env.TOKENAPI_URL as string, { method: 'POST', body });
  await reply.body.dump();
  return requestId;
}

const server = () =>
  createServer(async (asked, response) => {
    if (asked.method === 'GET') return void response.end();
    const { variables } = (await json(asked)) as { variables: { deviceName: string } };
    const requestId = await answerTo(asked.headers['idempotency-key'], variables.deviceName);
    const success = { __typename: 'ConfirmFirmwareUpgradeSuccess', requestId };
    response.end(JSON.stringify({ data: { confirmFirmwareUpgrade: success } }));
  });

for (const port of [process.env.PORT, process.env.ADMIN_PORT]) server().listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));

// The control: streams as one writes them in a hurry. One poller a stream, which tells whatever the platform shows.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { PRODUCT } from '../run';
import type { Home } from './round';

const POLL_MS = 1000;
const phases: Readonly<Record<number, string>> = {
  0: 'DEVICE_OFFLINE',
  1: 'PENDING',
  2: 'DELIVERED',
  3: 'DOWNLOADING',
  4: 'INSTALLING',
  5: 'FAILED',
  6: 'SUCCEEDED',
  7: 'PROCESSING',
  10: 'TIMED_OUT',
  20: 'DOWNLOADED',
};
const ENDS = [5, 6, 10];

export async function startNaiveStreams(platformUrl: string): Promise<Home & { close(): void }> {
  async function call(Action: string, DeviceName: string, AccessToken: string): Promise<Record<string, unknown>> {
    const RequestId = crypto.randomUUID();
    const body = JSON.stringify({ Action, RequestId, AccessToken, ProductId: PRODUCT, DeviceName });
    const answered = await fetch(`${platformUrl}/naive`, { method: 'POST', body, signal: AbortSignal.timeout(1500) });
    return ((await answered.json()) as { Response: Record<string, unknown> }).Response;
  }

  async function follow(id: string, token: string, response: ServerResponse): Promise<void> {
    for (;;) {
      const read = await call('AppDescribeFirmwareUpdateStatus', id.split('/')[1] as string, token).catch(
        (): Record<string, unknown> => ({}),
      );
      const status = Number(read.Status ?? -1);
      const { Percent, OriVersion, DstVersion } = read;
      const firmwareUpgrade = read.Error
        ? { code: 'error', nextStep: 'RETRY' }
        : { phase: phases[status] ?? 'UNKNOWN', percent: Percent, fromVersion: OriVersion, toVersion: DstVersion };
      const data = { firmwareUpgradesProgress: { device: { id, firmwareUpgrade } } };
      response.write(`event: next\ndata: ${JSON.stringify({ data })}\n\n`);
      if (ENDS.includes(status) || response.destroyed) return;
      await pause(POLL_MS);
    }
  }

  const server = createServer(async (request, response) => {
    const { variables } = JSON.parse(await text(request)) as { variables: { ids: string[] } };
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    await Promise.all(variables.ids.map((id) => follow(id, token, response)));
    response.end('event: complete\ndata:\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    origin: () => origin,
    hasLeft: () => false,
    confirm: (device, token) => call('AppPublishFirmwareUpdateMessage', device, token),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

// Spans, as a collector receives them over OTLP/HTTP: parent and child, attributes, errors, and no text of the user.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { TRACES_CLOSE_LIMIT_MS } from '../../src/telemetry/telemetry';
import { type GatewayProcess, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, PRODUCT, TOKEN } from '../pair';

interface Span {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code?: number };
  attributes: { key: string; value: Record<string, unknown> }[];
  startTimeUnixNano: string;
  endTimeUnixNano: string;
}

let collector: Server;
const bodies: string[] = [];
let simulator: Simulator;
let gateway: GatewayProcess;
beforeAll(async () => {
  collector = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url === '/v1/traces') bodies.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  simulator = await startSimulator();
  const env = { TOKENAPI_URL: simulator.url, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, DRAIN_DELAY_MS: '0' };
  gateway = await startProcess(env);
});
afterAll(async () => {
  collector.close();
  await simulator.close();
});

const confirm = async (deviceName: string, headers = {}) =>
  (await ask(gateway.url, CONFIRM, { productId: PRODUCT, deviceName }, { headers })).body.data.confirmFirmwareUpgrade;

const attributesOf = (span: Span | undefined) =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));

it('makes a span of an operation beneath the caller’s, one of its call beneath that, and marks a refusal as an error', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const { requestId } = await confirm('lamp-1', { traceparent });
  await confirm('lamp-offline');
  // Before it exits, the gateway sends the spans that are left.
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  const lines = gateway
    .output()
    .split('\n')
    .filter((line) => line.includes(traceparent));
  const logged = ['confirm', 'confirm begun', 'operation', 'upstream call'];
  expect(lines.map((line) => JSON.parse(line).msg).sort()).toEqual(logged);

  const spans: Span[] = bodies.flatMap((body) =>
    JSON.parse(body).resourceSpans.flatMap((one: { scopeSpans: { spans: Span[] }[] }) =>
      one.scopeSpans.flatMap(({ spans }) => spans),
    ),
  );
  const ours = spans.filter((span) => span.traceId === traceId);
  const operation = ours.find(({ name }) => name === 'POST /graphql');
  const call = ours.find(({ name }) => name === 'POST AppPublishFirmwareUpdateMessage');
  expect(ours).toHaveLength(2);
  expect([operation?.kind, operation?.parentSpanId]).toEqual([2, 'b7ad6b7169203331']);
  expect([call?.kind, call?.parentSpanId]).toEqual([3, operation?.spanId]);
  expect(attributesOf(operation)).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/graphql',
  });
  expect(Number(attributesOf(operation)['http.response.status_code'])).toBe(200);
  expect(attributesOf(call)).toMatchObject({
    'server.address': '127.0.0.1',
    'firmware_gateway.action': 'AppPublishFirmwareUpdateMessage',
    'firmware_gateway.outcome': 'accepted',
    'firmware_gateway.request_id': requestId,
  });
  expect(BigInt(call?.startTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(
    BigInt(operation?.startTimeUnixNano ?? 0) - 2_000_000n,
  );

  const refused = spans.find((span) => attributesOf(span)['error.type'] !== undefined);
  expect(attributesOf(refused)['error.type']).toBe('FailedOperation.DeviceOffline');
  expect(refused?.status.code).toBe(2);
  for (const secret of [TOKEN, PRODUCT, 'lamp-1', 'confirmFirmwareUpgrade('])
    expect(bodies.join()).not.toContain(secret);
});

it('does not wait longer for a collector that hangs than it may, and says so, by its exit code too', async () => {
  const hung = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(hung, 'listening');
  const endpoint = `http://127.0.0.1:${(hung.address() as AddressInfo).port}`;
  const env = { TOKENAPI_URL: simulator.url, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, DRAIN_DELAY_MS: '0' };
  const other = await startProcess(env);
  await ask(other.url, '{ __typename }');
  const leftAt = performance.now();
  other.child.kill('SIGTERM');
  expect(await other.exited).toBe(2);
  // The collector's limit, and what else the way out takes. Without the limit it is 10 s and more.
  expect(performance.now() - leftAt).toBeLessThan(TRACES_CLOSE_LIMIT_MS + 5000);
  expect(other.output()).toContain('"msg":"traces cut"');
  hung.closeAllConnections();
  hung.close();
});

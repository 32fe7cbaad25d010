// Spans, as a collector receives them over OTLP/HTTP: parent and child, attributes, errors, and no text of the user.

import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { TRACES_CLOSE_LIMIT_MS } from '../../src/telemetry/telemetry';
import { attributesOf, type Collector, type Span, startCollector } from '../collector';
import { type GatewayProcess, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, PRODUCT, TOKEN } from '../pair';

let collector: Collector;
let simulator: Simulator;
let gateway: GatewayProcess;
beforeAll(async () => {
  collector = await startCollector();
  simulator = await startSimulator();
  const env = { TOKENAPI_URL: simulator.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, DRAIN_DELAY_MS: '0' };
  gateway = await startProcess(env);
});
afterAll(async () => {
  collector.close();
  await simulator.close();
});

const confirm = async (deviceName: string, headers = {}) =>
  (await ask(gateway.url, CONFIRM, { productId: PRODUCT, deviceName }, { headers })).body.data.confirmFirmwareUpgrade;

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

  const spans: Span[] = collector.spans();
  const ours = spans.filter((span) => span.traceId === traceId);
  const operation = ours.find(({ name }) => name === 'mutation Confirm');
  const call = ours.find(({ name }) => name === 'POST AppPublishFirmwareUpdateMessage');
  expect(ours).toHaveLength(2);
  expect([operation?.kind, operation?.parentSpanId]).toEqual([2, 'b7ad6b7169203331']);
  expect([call?.kind, call?.parentSpanId]).toEqual([3, operation?.spanId]);
  expect(attributesOf(operation?.attributes)).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'graphql.operation.type': 'mutation',
    'graphql.operation.name': 'Confirm',
  });
  expect(Number(attributesOf(operation?.attributes)['http.response.status_code'])).toBe(200);
  expect(attributesOf(call?.attributes)).toMatchObject({
    'server.address': '127.0.0.1',
    'firmware_gateway.action': 'AppPublishFirmwareUpdateMessage',
    'firmware_gateway.outcome': 'accepted',
    'firmware_gateway.request_id': requestId,
  });
  expect(BigInt(call?.startTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(
    BigInt(operation?.startTimeUnixNano ?? 0) - 2_000_000n,
  );

  const refused = spans.find((span) => attributesOf(span.attributes)['error.type'] !== undefined);
  expect(attributesOf(refused?.attributes)['error.type']).toBe('FailedOperation.DeviceOffline');
  expect(refused?.status.code).toBe(2);
  for (const secret of [TOKEN, PRODUCT, 'lamp-1', 'confirmFirmwareUpgrade('])
    expect(collector.exports.map(({ body }) => body).join()).not.toContain(secret);
});

it('makes a trace of its own of what a stream looks at, beneath no span that never comes', async () => {
  const other = await startCollector();
  const env = { TOKENAPI_URL: simulator.url, OTEL_EXPORTER_OTLP_ENDPOINT: other.url, DRAIN_DELAY_MS: '0' };
  const streaming = await startProcess(env);
  const query = `subscription Follow { firmwareUpgradeProgress(productId: "${PRODUCT}", deviceName: "lamp-7") { device {
    firmwareUpgrade { __typename } firmware { __typename } } } }`;
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', accept: 'text/event-stream' };
  const response = await fetch(streaming.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  expect(await response.text()).toContain('event: complete');
  streaming.child.kill('SIGTERM');
  expect(await streaming.exited).toBe(0);

  const spans: Span[] = other.spans();
  const names = spans.map(({ name }) => name).sort();
  expect(names).toEqual(['POST AppCheckFirmwareUpdate', 'POST AppDescribeFirmwareUpdateStatus', 'subscription Follow']);
  expect(spans.map(({ parentSpanId = '' }) => parentSpanId)).toEqual(['', '', '']);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
  other.close();
});

it('does not wait longer for a collector that hangs than it may, and says so, by its exit code too', async () => {
  const hung = await startCollector();
  hung.status = undefined;
  const env = { TOKENAPI_URL: simulator.url, OTEL_EXPORTER_OTLP_ENDPOINT: hung.url, DRAIN_DELAY_MS: '0' };
  const other = await startProcess(env);
  await ask(other.url, '{ __typename }');
  const leftAt = performance.now();
  other.child.kill('SIGTERM');
  expect(await other.exited).toBe(2);
  // The collector's limit, and what else the way out takes. Without the limit it is 10 s and more.
  expect(performance.now() - leftAt).toBeLessThan(TRACES_CLOSE_LIMIT_MS + 5000);
  expect(other.output()).toContain('"msg":"traces cut"');
  hung.close();
});

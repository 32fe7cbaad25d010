// OpenTelemetry's standard variables, as a collector sees that they are obeyed; and what is told of what does not arrive.

import { configFrom } from '../../src/config';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { type Attribute, attributesOf, type Collector, startCollector } from '../collector';
import { type GatewayProcess, spawnGateway, startProcess } from '../gatewayProcess';
import { ask, CONFIRM, PRODUCT, until } from '../pair';

let collector: Collector;
let simulator: Simulator;
const running: GatewayProcess[] = [];
beforeEach(async () => {
  [collector, simulator] = await Promise.all([startCollector(), startSimulator()]);
});
afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
  collector.close();
  await simulator.close();
});

async function start(env: Record<string, string>): Promise<GatewayProcess> {
  const gateway = await startProcess({ TOKENAPI_URL: simulator.url, DRAIN_DELAY_MS: '0', ...env });
  running.push(gateway);
  return gateway;
}

const toCollector = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });

async function left(gateway: GatewayProcess): Promise<void> {
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
}

const figure = async ({ adminUrl }: GatewayProcess, line: string) => {
  const lines = (await (await fetch(`${adminUrl}/metrics`)).text()).split('\n');
  const found = lines.find((one) => one.startsWith(`firmware_gateway_${line} `));
  return found && Number(found.slice(found.lastIndexOf(' ')));
};

const linesOf = (gateway: GatewayProcess, msg: string) =>
  gateway
    .output()
    .split('\n')
    .filter((line) => line.includes(`"msg":"${msg}"`))
    .map((line) => JSON.parse(line));

const TRACE = '0af7651916cd43dd8448eb211c80319';

it.each([
  ['always_on', '', 'none sampled unsampled'],
  ['always_off', '', ''],
  ['traceidratio', '1', 'none sampled unsampled'],
  ['traceidratio', '0', ''],
  ['parentbased_always_on', '', 'none sampled'],
  ['parentbased_always_off', '', 'sampled'],
  ['parentbased_traceidratio', '0.0', 'sampled'],
  ['parentbased_traceidratio', '1.0', 'none sampled'],
  ['', '', 'none sampled'],
])('samples as %s %s says: operations whose parent is %s', async (sampler, argument, expected) => {
  const gateway = await start({ ...toCollector(), OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument });
  const operations = {
    none: undefined,
    sampled: `00-${TRACE}1-b7ad6b7169203331-01`,
    unsampled: `00-${TRACE}0-b7ad6b7169203331-00`,
  };
  for (const [name, traceparent] of Object.entries(operations))
    await ask(gateway.url, `query ${name} { __typename }`, {}, { headers: traceparent ? { traceparent } : {} });
  await left(gateway);
  const names = collector.spans().map(({ name }) => name.replace('query ', ''));
  expect(names.join(' ')).toBe(expected);
});

it('says whose spans they are, to which address, in which form and with which headers', async () => {
  const gateway = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/own/path?x=1`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-first=1, x-both=general,x-encoded=a%2Cb%3Dc',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-both=own',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_SERVICE_NAME: 'upgrades',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=te%20st',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  await ask(gateway.url, 'query Whose { __typename }');
  await until(() => collector.exports.length > 0);
  const [sent] = collector.exports;
  expect(sent?.path).toBe('/own/path?x=1');
  expect(sent?.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
    'x-first': '1',
    'x-both': 'own',
    'x-encoded': 'a,b=c',
  });
  const text = sent?.body.toString('latin1');
  for (const part of ['query Whose', 'upgrades', 'deployment.environment.name', 'te st']) expect(text).toContain(part);
  expect(text).not.toContain('other');
});

it('puts resource attributes into JSON too, and the service has a name by default', async () => {
  const resourceFor = async (env: Record<string, string>) => {
    const gateway = await start({ ...toCollector(), ...env });
    await ask(gateway.url, '{ __typename }');
    await left(gateway);
    const [body] = collector
      .json<{ resourceSpans: { resource: { attributes: Attribute[] } }[] }>('/v1/traces')
      .slice(-1);
    return attributesOf(body?.resourceSpans[0]?.resource.attributes);
  };
  expect(await resourceFor({})).toMatchObject({
    'service.name': 'firmware-gateway',
    'telemetry.sdk.language': 'nodejs',
  });
  expect(await resourceFor({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=mine,a="b"' })).toMatchObject({
    'service.name': 'mine',
    a: 'b',
  });
});

it.each([
  ['query Named { __typename }', 'query Named'],
  ['{ __typename }', 'query __typename'],
  [
    'mutation { confirmFirmwareUpgrade(productId: "P", deviceName: "d") { __typename } }',
    'mutation confirmFirmwareUpgrade',
  ],
  ['query A { __typename } query B { __typename }', 'POST /graphql'],
  ['{ nope', 'POST /graphql'],
])('names the span of %s %s', async (query, name) => {
  const gateway = await start({ ...toCollector() });
  // Twice: by either lane.
  for (let i = 0; i < 2; i++) await ask(gateway.url, query);
  await left(gateway);
  const operations = collector.spans().filter(({ kind }) => kind === 2);
  expect(operations.map((span) => span.name)).toEqual([name, name]);
});

it('goes on with a caller’s trace only where tracecontext is among the propagators', async () => {
  const headers = { traceparent: `00-${TRACE}1-b7ad6b7169203331-01` };
  for (const [propagators, isChild] of [
    ['tracecontext', true],
    ['baggage, tracecontext', true],
    ['baggage', false],
    ['none', false],
  ] as const) {
    const gateway = await start({ ...toCollector(), OTEL_PROPAGATORS: propagators });
    await ask(gateway.url, '{ __typename }', {}, { headers });
    await left(gateway);
    expect([propagators, collector.spans().at(-1)?.traceId === `${TRACE}1`]).toEqual([propagators, isChild]);
  }
});

/** What a process runs before anything of ours: at its end it says whether the SDK is loaded. */
const SAYS_WHAT_IT_LOADED = `--import data:text/javascript,${encodeURIComponent(`import { writeSync } from 'node:fs';
import Module from 'node:module';
const isOfSdk = (path) => path.endsWith('/late/tracing.js');
process.on('exit', () => writeSync(2, 'loaded=' + Object.keys(Module._cache).some(isOfSdk)));`)}`;

it.each<[Record<string, string>]>([
  [{ OTEL_SDK_DISABLED: 'true' }],
  [{ OTEL_SDK_DISABLED: 'TRUE', OTEL_METRICS_EXPORTER: 'otlp' }],
  [{ OTEL_TRACES_EXPORTER: 'none' }],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
])('sends nothing, and loads nothing of the SDK, with %j', async (env) => {
  const loads = async (more: Record<string, string>) => {
    const gateway = await start({ ...toCollector(), ...more, NODE_OPTIONS: SAYS_WHAT_IT_LOADED });
    await ask(gateway.url, '{ __typename }');
    await fetch(`${gateway.adminUrl}/metrics`);
    await left(gateway);
    return /loaded=(true|false)/.exec(gateway.output())?.[1];
  };
  expect(await loads(env)).toBe('false');
  expect(collector.exports).toEqual([]);
  expect(await loads({})).toBe('true');
});

it('sends the metrics by OTLP where that is asked for, and the last ones when it leaves', async () => {
  const gateway = await start({
    ...toCollector(),
    // Prometheus is served in any case.
    OTEL_METRICS_EXPORTER: 'prometheus, otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    OTEL_TRACES_EXPORTER: 'none',
  });
  await until(() => collector.exports.length > 1);
  for (const deviceName of ['lamp-1', 'lamp-offline', 'lamp-2'])
    await ask(gateway.url, CONFIRM, { productId: PRODUCT, deviceName });
  const printed = await figure(gateway, 'operation_seconds_sum{field="confirmFirmwareUpgrade"}');
  await left(gateway);
  expect(new Set(collector.exports.map(({ path }) => path))).toEqual(new Set(['/v1/metrics']));
  type Point = {
    attributes: Attribute[];
    asDouble?: number;
    count?: string;
    sum?: number;
    bucketCounts?: string[];
    explicitBounds?: number[];
  };
  type Metric = { name: string; description: string; unit: string } & Record<
    'sum' | 'gauge' | 'histogram',
    { dataPoints: Point[]; isMonotonic?: boolean; aggregationTemporality?: number } | undefined
  >;
  const [last] = collector
    .json<{ resourceMetrics: { resource: { attributes: Attribute[] }; scopeMetrics: { metrics: Metric[] }[] }[] }>(
      '/v1/metrics',
    )
    .slice(-1);
  const [resourceMetrics] = last?.resourceMetrics ?? [];
  expect(attributesOf(resourceMetrics?.resource.attributes)['service.name']).toBe('firmware-gateway');
  const metricOf = (name: string) =>
    resourceMetrics?.scopeMetrics[0]?.metrics.find((metric) => metric.name === `firmware_gateway_${name}`);
  const pointsOf = (points: Point[] = []) =>
    points.map(({ attributes, asDouble }) => [attributesOf(attributes), asDouble]);

  const operations = metricOf('operations_total');
  expect([operations?.sum?.isMonotonic, operations?.sum?.aggregationTemporality]).toEqual([true, 2]);
  expect(pointsOf(operations?.sum?.dataPoints)).toEqual([
    [{ field: 'confirmFirmwareUpgrade', result: 'ConfirmFirmwareUpgradeSuccess' }, 2],
    [{ field: 'confirmFirmwareUpgrade', result: 'DeviceOfflineError' }, 1],
  ]);
  expect(pointsOf(metricOf('breaker_state')?.gauge?.dataPoints)).toEqual([
    [{ calls: 'reads' }, 0],
    [{ calls: 'confirms' }, 0],
  ]);
  const seconds = metricOf('operation_seconds');
  const [point] = seconds?.histogram?.dataPoints ?? [];
  expect([seconds?.unit, Number(point?.count), point?.sum]).toEqual(['s', 3, printed]);
  expect(point?.explicitBounds?.at(-1)).toBe(10);
  expect(point?.bucketCounts).toHaveLength((point?.explicitBounds?.length ?? 0) + 1);
  expect(point?.bucketCounts?.reduce((sum, count) => sum + Number(count), 0)).toBe(3);
});

it('counts spans that a collector refuses, and says it once, and once when they arrive again', async () => {
  collector.status = 400;
  const gateway = await start({ ...toCollector(), OTEL_BSP_SCHEDULE_DELAY: '20' });
  const lost = () => figure(gateway, 'otlp_lost_total{signal="spans",why="export_failed"}');
  for (let nth = 1; nth <= 3; nth++) {
    await ask(gateway.url, '{ __typename }');
    await until(async () => (await lost()) === nth);
  }
  await gateway.written(/telemetry lost/);
  expect(linesOf(gateway, 'telemetry lost')).toEqual([
    expect.objectContaining({ level: 40, signal: 'spans', reason: 'export_failed' }),
  ]);
  collector.status = 200;
  await until(async () => {
    await ask(gateway.url, '{ __typename }');
    return linesOf(gateway, 'telemetry arrives again').length > 0;
  });
  await ask(gateway.url, '{ __typename }');
  await left(gateway);
  expect(linesOf(gateway, 'telemetry lost')).toHaveLength(1);
  expect(linesOf(gateway, 'telemetry arrives again')).toEqual([
    expect.objectContaining({ level: 30, signal: 'spans', lost: 3 }),
  ]);
});

it('counts spans for which there is no room, and goes on answering', async () => {
  collector.status = undefined;
  const gateway = await start({ ...toCollector(), OTEL_BSP_MAX_QUEUE_SIZE: '2', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' });
  for (let i = 0; i < 10; i++) expect((await ask(gateway.url, '{ __typename }')).status).toBe(200);
  // One is on its way, and two wait.
  await until(async () => (await figure(gateway, 'otlp_lost_total{signal="spans",why="queue_full"}')) === 7);
  await gateway.written(/telemetry lost/);
  expect(linesOf(gateway, 'telemetry lost')).toHaveLength(1);
});

it('counts exports of metrics that fail', async () => {
  collector.status = 404;
  const gateway = await start({
    ...toCollector(),
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '50',
    OTEL_TRACES_EXPORTER: 'none',
  });
  await until(async () => Number(await figure(gateway, 'otlp_lost_total{signal="metrics",why="export_failed"}')) > 1);
  await gateway.written(/telemetry lost/);
  expect(linesOf(gateway, 'telemetry lost')).toEqual([expect.objectContaining({ signal: 'metrics' })]);
});

it('says in a line which standard variables have no effect', async () => {
  const gateway = await start({
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_NODE_RESOURCE_DETECTORS: 'all',
    OTEL_SPAN_LINK_COUNT_LIMIT: '1',
  });
  await gateway.written(/variables ignored/);
  expect(linesOf(gateway, 'variables ignored')).toEqual([
    expect.objectContaining({ level: 40, variables: ['OTEL_LOGS_EXPORTER', 'OTEL_NODE_RESOURCE_DETECTORS'] }),
  ]);
  expect(configFrom({ OTEL_LOGS_EXPORTER: 'none' }).ignored).toEqual([]);
});

it.each([
  ['OTEL_SDK_DISABLED', 'yes'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=1,=2'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz'],
  ['OTEL_PROPAGATORS', 'b3'],
  ['OTEL_PROPAGATORS', 'tracecontext,jaeger'],
  ['OTEL_PROPAGATORS', 'none,tracecontext'],
  ['OTEL_TRACES_EXPORTER', 'console'],
  ['OTEL_TRACES_EXPORTER', 'zipkin'],
  ['OTEL_METRICS_EXPORTER', 'console'],
  ['OTEL_METRICS_EXPORTER', 'otlp,console'],
  ['OTEL_METRICS_EXPORTER', 'none,otlp'],
  ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
  ['OTEL_TRACES_SAMPLER', 'ALWAYS_ON'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
  ['OTEL_TRACES_SAMPLER_ARG', '-0.1'],
  ['OTEL_TRACES_SAMPLER_ARG', 'half'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'grpc://collector:4317'],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '0'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s'],
  ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/nowhere/ca.pem'],
  ['OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY', '/nowhere/key.pem'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', 'many'],
  ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '2049'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '-1'],
])('refuses %s=%s, which could not be obeyed', (name, value) => {
  expect(() => configFrom({ [name]: value })).toThrow(new RegExp(`^${name}: expected `));
});

it('refuses headers that are none, and repeats none', () => {
  for (const value of ['Bearer secret-of-mine', 'a b=secret-of-mine', 'a=secret-of-mine%0A', 'a=1,secret-of-mine']) {
    const read = () => configFrom({ OTEL_EXPORTER_OTLP_HEADERS: value });
    expect(read).toThrow(/^OTEL_EXPORTER_OTLP_HEADERS: expected /);
    expect(read).not.toThrow(/secret-of-mine/);
  }
});

it('starts nothing of a configuration that is refused', async () => {
  const gateway = spawnGateway({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
  expect(await gateway.exited).toBe(1);
  expect(gateway.output()).toContain('OTEL_EXPORTER_OTLP_PROTOCOL: expected http/json or http/protobuf, got "grpc"');
});

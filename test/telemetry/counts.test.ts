// The counts and histograms at /metrics: in seconds, cumulative, and printed as prom-client prints its own.

import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { Counts, Durations } from '../../src/telemetry/counts';
import { createMetrics } from '../../src/telemetry/metrics';
import { confirm, type Pair, startPair, until } from '../pair';
import { connectTo, requestOf } from '../rawClient';

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PREFIX = 'firmware_gateway_';

const textOf = async ({ adminUrl }: Pair) => (await fetch(`${adminUrl}/metrics`)).text();

/** Every value of the gateway's own, by what stands before it. */
const valuesFrom = (text: string) =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.startsWith(PREFIX))
      .map((line) => [line.slice(PREFIX.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );

const figureOf = async (pair: Pair, name: string) => valuesFrom(await textOf(pair))[name];

describe('durations', () => {
  /** The simulator holds its answers back for so long, one after another: each falls between other bounds. */
  const LATENCIES_MS = [0, 30, 300, 1100];
  const DEVICES = ['lamp-1', 'lamp-2', 'lamp-3', 'lamp-4'];
  const action = 'action="AppPublishFirmwareUpdateMessage"';
  const field = 'field="confirmFirmwareUpgrade"';
  let values: Record<string, number>;
  /** What the log says that each call took. */
  let loggedSeconds: number[];
  let elapsedSeconds: number;

  beforeAll(async () => {
    const pair = await startPair();
    const latencies = LATENCIES_MS.values();
    pair.simulator.override = ({ body: { RequestId } }, response) => {
      setTimeout(() => response.end(JSON.stringify({ Response: { RequestId } })), latencies.next().value);
      return true;
    };
    const startedAt = performance.now();
    await Promise.all(DEVICES.map((name) => confirm(pair, name)));
    elapsedSeconds = (performance.now() - startedAt) / 1000;
    expect(pair.simulator.received).toHaveLength(DEVICES.length);
    values = valuesFrom(await textOf(pair));
    await pair.close();
    const calls = pair.log.filter(({ msg }) => msg === 'upstream call');
    loggedSeconds = calls.map(({ ms }) => Number(ms) / 1000);
  });

  it('counts a call in every bucket whose bound it does not exceed', () => {
    expect(loggedSeconds).toHaveLength(DEVICES.length);
    for (const bound of BOUNDS)
      expect([bound, values[`upstream_call_seconds_bucket{le="${bound}",${action}}`]]).toEqual([
        bound,
        loggedSeconds.filter((seconds) => seconds <= bound).length,
      ]);
  });

  it.each([
    ['upstream_call_seconds', action],
    ['operation_seconds', field],
  ])('%s has the simulator’s latencies in cumulative buckets, and its sum in seconds', (name, label) => {
    const buckets = [...BOUNDS, '+Inf'].map((bound) => values[`${name}_bucket{le="${bound}",${label}}`] ?? -1);
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    expect([buckets.at(-1), values[`${name}_count{${label}}`]]).toEqual([DEVICES.length, DEVICES.length]);
    // A call takes at least its latency: the last one is in no bucket up to 1 s.
    for (const [i, bound] of BOUNDS.entries())
      expect(buckets[i]).toBeLessThanOrEqual(LATENCIES_MS.filter((ms) => ms / 1000 <= bound).length);
    const sum = values[`${name}_sum{${label}}`];
    // Timers may fire up to 1 ms early.
    expect(sum).toBeGreaterThanOrEqual(LATENCIES_MS.reduce((total, ms) => total + ms - 1, 0) / 1000);
    expect(sum).toBeLessThanOrEqual(DEVICES.length * elapsedSeconds);
  });

  it('sums what the log says', () => {
    const logged = loggedSeconds.reduce((total, seconds) => total + seconds, 0);
    expect(values[`upstream_call_seconds_sum{${action}}`]).toBeCloseTo(logged, 4);
  });

  it('count a value that is exactly a bound as at most that bound', async () => {
    const metrics = createMetrics(0);
    for (const bound of BOUNDS) metrics.fieldEnded('exact', 'Device', bound * 1000);
    const exact = valuesFrom(await metrics.text());
    metrics.close();
    expect(BOUNDS.map((bound) => exact[`operation_seconds_bucket{le="${bound}",field="exact"}`])).toEqual(
      BOUNDS.map((_, i) => i + 1),
    );
  });
});

describe('counts', () => {
  let pair: Pair;
  beforeEach(async () => {
    // One body is held at once: of several that are half sent, the earlier ones are refused with 503.
    pair = await startPair({ gateway: { limits: { bodies: 1 } } });
  });
  afterEach(() => pair.close());

  it('with no, one and two labels go up by one for each event', async () => {
    expect(valuesFrom(await textOf(pair))).toMatchObject({ shed_total: 0, upstream_distrusted_total: 0 });

    const slow = [connectTo(pair.url), connectTo(pair.url), connectTo(pair.url)];
    for (const client of slow) client.write(requestOf('{', { contentLength: 9 }));
    await until(async () => (await figureOf(pair, 'shed_total')) === 2);
    for (const client of slow) client.destroy();
    await Promise.all([confirm(pair, 'lamp-1'), confirm(pair, 'lamp-2')]);
    await confirm(pair, 'lamp-offline');

    expect(valuesFrom(await textOf(pair))).toMatchObject({
      shed_total: 2,
      'http_answers_total{status="503"}': 2,
      'http_answers_total{status="200"}': 3,
      'confirms_total{outcome="ConfirmFirmwareUpgradeSuccess",by="sent"}': 2,
      'confirms_total{outcome="DeviceOfflineError",by="sent"}': 1,
      'operations_total{field="confirmFirmwareUpgrade",result="DeviceOfflineError"}': 1,
    });
  });

  it('have a HELP and a TYPE line each before anything is counted', async () => {
    const lines = (await textOf(pair)).split('\n').filter((line) => line.includes(` ${PREFIX}`));
    const described = (kind: string) =>
      lines.filter((line) => line.startsWith(`# ${kind} `)).map((line) => line.slice(`# ${kind} ${PREFIX}`.length));
    const types = {
      operations_total: 'counter',
      otlp_lost_total: 'counter',
      operation_seconds: 'histogram',
      requests_by_lane_total: 'counter',
      persisted_queries_total: 'counter',
      http_answers_total: 'counter',
      shed_total: 'counter',
      connections_cut_total: 'counter',
      upstream_calls_total: 'counter',
      upstream_call_seconds: 'histogram',
      refusals_total: 'counter',
      upstream_distrusted_total: 'counter',
      confirms_total: 'counter',
      key_ends_lost_total: 'counter',
      log_dropped_total: 'counter',
      audit_dropped_total: 'counter',
      upstream_in_flight: 'gauge',
      upstream_queued: 'gauge',
      breaker_state: 'gauge',
      documents: 'gauge',
      redis_configured: 'gauge',
      redis_data_lost_total: 'counter',
      spare_connections_total: 'counter',
      redis_up: 'gauge',
      live_events_total: 'counter',
      live_stream_ends_total: 'counter',
      live_calls_saved_total: 'counter',
      live_polls_late_total: 'counter',
      live_streams: 'gauge',
      live_watchers: 'gauge',
      live_pollers: 'gauge',
    };
    expect(described('TYPE').sort()).toEqual(
      Object.entries(types)
        .map((entry) => entry.join(' '))
        .sort(),
    );
    for (const name of Object.keys(types))
      expect(described('HELP')).toContainEqual(expect.stringMatching(new RegExp(`^${name} \\S.{10,}\\.$`)));
  });
});

/** A registry with one metric of ours, as src/telemetry/metrics.ts registers it. */
const printed = (name: string, own: Counts | Durations) => {
  const registry = new Registry();
  const { help, type } = own;
  const metric = { name, get: async () => ({ name, help, type, values: own.figures(name) }) };
  registry.registerMetric(metric as unknown as Counter);
  return registry.metrics();
};
const label = fc.constantFrom('a', 'b', 'c');

it('prints of any durations what prom-client’s histogram prints', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(label, fc.oneof(fc.constantFrom(...BOUNDS), fc.double({ min: 0, max: 20, noNaN: true })))),
      async (events) => {
        const registers = [new Registry()] as const;
        const prom = new Histogram({ name: 'seconds', help: 'Help.', labelNames: ['of'], registers: [...registers] });
        const own = new Durations('Help.', 'of');
        for (const [of, seconds] of events) {
          // What comes to ours is in ms: the same number must come to both.
          prom.observe({ of }, (seconds * 1000) / 1000);
          own.add(of, seconds * 1000);
        }
        expect(await printed('seconds', own)).toBe(await registers[0].metrics());
      },
    ),
  ));

it.each([[[]], [['one']], [['one', 'two']]])(
  'prints of any counts under the labels %j what prom-client’s counter prints',
  (labelNames) =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(label, label)), async (events) => {
        const registry = new Registry();
        const prom = new Counter({ name: 'things_total', help: 'Help.', labelNames, registers: [registry] });
        const own = new Counts('Help.', labelNames);
        for (const event of events) {
          const values = event.slice(0, labelNames.length);
          prom.inc(Object.fromEntries(labelNames.map((name, i) => [name, values[i] ?? ''])));
          own.add(...values);
        }
        // Ours are in the order of the first label, prom-client's in that of their coming.
        const sorted = (text: string) => text.split('\n').sort();
        expect(sorted(await printed('things_total', own))).toEqual(sorted(await registry.metrics()));
      }),
    ),
);

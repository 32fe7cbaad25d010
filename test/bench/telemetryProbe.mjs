// Imported before a gateway is made of its compiled modules: whatever is counted or logged of a confirm is also counted by
// prom-client's own counters and histograms and logged by pino's own log.info, and each is timed in the process that serves.
// GET /metrics then answers the times as JSON and starts them anew.

import { createRequire } from 'node:module';

const require = createRequire(new URL('../../dist/main.js', import.meta.url));
const { Counter, Histogram, Registry } = require('prom-client');
const pino = require('pino');
const metricsModule = require('./telemetry/metrics.js');
const reporterModule = require('./telemetry/reporter.js');

/** What takes longer was interrupted, by the garbage collector or by another process. */
const INTERRUPTED_MS = 0.1;

/** By way and method: how long it took in all, and how often. */
let times = {};

function timed(way, method, run) {
  const startedAt = performance.now();
  run();
  const ms = performance.now() - startedAt;
  if (ms > INTERRUPTED_MS) return;
  times[way] ??= {};
  times[way][method] ??= { ms: 0, count: 0 };
  times[way][method].ms += ms;
  times[way][method].count++;
}

let ownIsFirst = false;
/** The first of two finds the processor's caches cold: they take turns at it. */
function timedBoth(method, ownWay, own, libraryWay, library) {
  ownIsFirst = !ownIsFirst;
  if (ownIsFirst) timed(ownWay, method, own);
  timed(libraryWay, method, library);
  if (!ownIsFirst) timed(ownWay, method, own);
}

/** Under the names and labels of src/telemetry/metrics.ts. */
function promMetrics() {
  const registers = [new Registry()];
  const counter = (name, ...labelNames) => new Counter({ name, help: name, labelNames, registers });
  const histogram = (name, ...labelNames) => new Histogram({ name, help: name, labelNames, registers });
  const operations = counter('operations_total', 'field', 'result');
  const operationSeconds = histogram('operation_seconds', 'field');
  const httpAnswers = counter('http_answers_total', 'status');
  const upstreamCalls = counter('upstream_calls_total', 'action', 'outcome');
  const upstreamCallSeconds = histogram('upstream_call_seconds', 'action');
  const confirms = counter('confirms_total', 'outcome', 'by');
  return {
    fieldEnded(field, result, ms) {
      operations.inc({ field, result });
      operationSeconds.observe({ field }, ms / 1000);
    },
    requestEnded: (status) => httpAnswers.inc({ status }),
    callEnded({ action, outcome, ms }) {
      upstreamCalls.inc({ action, outcome });
      upstreamCallSeconds.observe({ action }, ms / 1000);
    },
    confirmEnded: (outcome, by) => confirms.inc({ outcome, by }),
  };
}

const { createMetrics } = metricsModule;
metricsModule.createMetrics = (...options) => {
  const own = createMetrics(...options);
  const prom = promMetrics();
  const both = Object.keys(prom).map((method) => [
    method,
    (...args) =>
      timedBoth(
        method,
        'ownFigures',
        () => own[method](...args),
        'promFigures',
        () => prom[method](...args),
      ),
  ]);
  const text = async () => {
    const answer = JSON.stringify(times);
    times = {};
    return answer;
  };
  return { ...own, ...Object.fromEntries(both), text };
};

// The log of src/telemetry/telemetry.ts, but to where it costs nobody anything.
const stream = pino.destination({ dest: '/dev/null', sync: false, minLength: 16_000, periodicFlush: 100 });
const log = pino({ level: 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);

/** The members of src/telemetry/reporter.ts. */
const pinoLines = {
  callEnded(requestId, { action, upstreamRequestId: RequestId, outcome, attempts, ms }) {
    log.info({ requestId, RequestId, action, outcome, attempts, ms: rounded(ms) }, 'upstream call');
  },
  confirmEnded(requestId, { owner, deviceId: device, outcome, by, upstreamRequestId: RequestId }) {
    log.info({ requestId, RequestId, user: owner?.slice(0, 12), device, outcome, by }, 'confirm');
  },
  requestEnded(requestId, status, operationName) {
    log.info(
      { requestId, operationName: operationName ?? undefined, status, ms: rounded(performance.now()) },
      'operation',
    );
  },
};

const rounded = (ms) => Math.round(ms * 100) / 100;

const { Reporter } = reporterModule;
const noMetrics = { callEnded() {}, confirmEnded() {}, requestEnded() {} };
reporterModule.Reporter = class extends Reporter {
  constructor(outlets, ...rest) {
    super({ ...outlets, metrics: noMetrics }, ...rest);
    this.metrics = outlets.metrics;
  }

  callEnded(report) {
    this.metrics.callEnded(report);
    this.both('callEnded', report);
  }

  confirmEnded(report) {
    this.metrics.confirmEnded(report.outcome, report.by);
    this.both('confirmEnded', report);
  }

  requestEnded(...args) {
    this.metrics.requestEnded(args[0]);
    this.both('requestEnded', ...args);
  }

  both(method, ...args) {
    timedBoth(
      method,
      'ownLines',
      () => super[method](...args),
      'pinoLines',
      () => pinoLines[method](this.requestId, ...args),
    );
  }
};

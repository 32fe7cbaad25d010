// Spans for OpenTelemetry: one an operation, one an upstream call beneath it. Loaded only where they are sent. Never a document,
// variables or a token.

import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  type Context,
  createNoopMeter,
  type MeterProvider,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { OperationDefinitionNode } from 'graphql';
import { Refused, RefusedByStatus } from '../tokenapi/errors';
import type { CallReport } from '../tokenapi/report';
import { exporterFor, type OtlpReporter, resourceOf } from './otlp';
import type { Exporting, OpenTelemetry } from './variables';

/** An operation's span, as the calls beneath it need it. */
export interface OperationSpan {
  readonly span: Span;
  readonly context: Context;
}

export interface Tracing {
  operationStarted(headers: IncomingHttpHeaders): OperationSpan;
  operationAsked(operation: OperationSpan, asked: OperationDefinitionNode): void;
  operationEnded(operation: OperationSpan, status: number, operationName: string | null): void;
  /** A call that took `report.ms` until now. */
  callEnded(operation: OperationSpan | undefined, report: CallReport): void;
  close(): Promise<void>;
}

const NAME_CHARACTERS = 64;

const FORM = {
  path: 'v1/traces',
  serializers: { 'http/json': JsonTraceSerializer, 'http/protobuf': ProtobufTraceSerializer },
  metricsHelper: TraceExporterMetricsHelper,
};

export function createTracing(
  settings: OpenTelemetry,
  target: Exporting,
  upstream: URL,
  reporter: OtlpReporter,
): Tracing {
  const { delayMs, timeoutMs, queue, size } = settings.batch;
  const batch = {
    scheduledDelayMillis: delayMs,
    exportTimeoutMillis: timeoutMs,
    maxQueueSize: queue,
    maxExportBatchSize: size,
    selfObsMeterProvider: lossesTo(reporter),
  };
  const provider = new BasicTracerProvider({
    resource: resourceOf(settings),
    sampler: samplerFrom(settings),
    spanProcessors: [new BatchSpanProcessor(exporterFor<ReadableSpan[], unknown>(target, FORM), batch)],
  });
  const tracer = provider.getTracer('firmware-gateway');
  const propagator = new W3CTraceContextPropagator();
  const getter = {
    get: (headers: IncomingHttpHeaders, name: string) => headers[name],
    keys: (headers: IncomingHttpHeaders) => Object.keys(headers),
  };

  return {
    operationStarted(headers) {
      const parent = settings.isPropagated ? propagator.extract(ROOT_CONTEXT, headers, getter) : ROOT_CONTEXT;
      const attributes: Attributes = {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
      };
      const span = tracer.startSpan('POST /graphql', { kind: SpanKind.SERVER, attributes }, parent);
      return { span, context: trace.setSpan(parent, span) };
    },
    operationAsked({ span }, { operation, name, selectionSet }) {
      const [root] = selectionSet.selections;
      const field = root?.kind === 'Field' ? root.name.value : undefined;
      const asked = (name?.value ?? field)?.slice(0, NAME_CHARACTERS);
      span.updateName(asked === undefined ? operation : `${operation} ${asked}`);
      span.setAttribute('graphql.operation.type', operation);
      if (name) span.setAttribute('graphql.operation.name', name.value.slice(0, NAME_CHARACTERS));
    },
    operationEnded({ span }, status, operationName) {
      span.setAttribute('http.response.status_code', status);
      if (operationName !== null) span.setAttribute('graphql.operation.name', operationName.slice(0, NAME_CHARACTERS));
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
    callEnded(operation, { action, outcome, attempts, ms, cause, upstreamRequestId }) {
      const attributes: Attributes = {
        'http.request.method': 'POST',
        'server.address': upstream.hostname,
        'server.port': Number(upstream.port || (upstream.protocol === 'https:' ? 443 : 80)),
        'url.full': upstream.origin + upstream.pathname,
        'http.request.resend_count': attempts - 1,
        'firmware_gateway.action': action,
        'firmware_gateway.outcome': outcome,
        'firmware_gateway.request_id': upstreamRequestId,
      };
      const endTime = Date.now();
      const options = { kind: SpanKind.CLIENT, attributes, startTime: endTime - ms };
      const span = tracer.startSpan(`POST ${action}`, options, operation?.context ?? ROOT_CONTEXT);
      if (outcome !== 'accepted') {
        span.setAttribute('error.type', errorTypeFrom(cause) ?? outcome);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end(endTime);
    },
    close: () => provider.shutdown(),
  };
}

function errorTypeFrom(cause: unknown): string | undefined {
  if (cause instanceof Refused) return cause.code;
  return cause instanceof RefusedByStatus ? String(cause.status) : undefined;
}

function samplerFrom({ sampler, ratio }: OpenTelemetry): Sampler {
  const name = sampler.replace('parentbased_', '') as 'always_on' | 'always_off' | 'traceidratio';
  const roots = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const root = roots[name]();
  return name === sampler ? root : new ParentBasedSampler({ root });
}

/**
 * The processor says what becomes of spans by one counter, and by nothing else: with an `error.type` those that are lost, because too
 * many waited or because an export failed.
 */
function lossesTo(reporter: OtlpReporter): MeterProvider {
  const meter = Object.assign(Object.create(createNoopMeter()), {
    createCounter: () => ({
      add(count: number, { 'error.type': why }: Attributes = {}) {
        if (why === undefined) reporter.otlpArrived('spans');
        else reporter.otlpLost('spans', why === 'queue_full' ? why : 'export_failed', count);
      },
    }),
  });
  return { getMeter: () => meter };
}

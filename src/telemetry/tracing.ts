// Spans for OpenTelemetry: one an operation, one an upstream call beneath it. Loaded only where an endpoint is set. Never a document,
// variables or a token.

import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { Refused, RefusedByStatus } from '../tokenapi/errors';
import type { CallReport } from '../tokenapi/report';

/** An operation's span, as the calls beneath it need it. */
export interface OperationSpan {
  readonly span: Span;
  readonly context: Context;
}

export interface Tracing {
  operationStarted(headers: IncomingHttpHeaders): OperationSpan;
  operationEnded(operation: OperationSpan, status: number, operationName: string | null): void;
  /** A call that took `report.ms` until now. */
  callEnded(operation: OperationSpan | undefined, report: CallReport): void;
  close(): Promise<void>;
}

/** @param endpoint of a collector that takes OTLP over HTTP, without `/v1/traces` */
export function createTracing(endpoint: string, upstream: URL): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'firmware-gateway' }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1000 })],
  });
  const tracer = provider.getTracer('firmware-gateway');
  const propagator = new W3CTraceContextPropagator();
  const getter = {
    get: (headers: IncomingHttpHeaders, name: string) => headers[name],
    keys: (headers: IncomingHttpHeaders) => Object.keys(headers),
  };

  return {
    operationStarted(headers) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, getter);
      const attributes: Attributes = {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
      };
      const span = tracer.startSpan('POST /graphql', { kind: SpanKind.SERVER, attributes }, parent);
      return { span, context: trace.setSpan(parent, span) };
    },
    operationEnded({ span }, status, operationName) {
      span.setAttribute('http.response.status_code', status);
      if (operationName !== null) span.setAttribute('graphql.operation.name', operationName.slice(0, 64));
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

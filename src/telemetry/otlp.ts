// How spans and metrics leave by OTLP over HTTP, and what is told of those that do not arrive. Loaded only where something is sent.

import { SDK_INFO } from '@opentelemetry/core';
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import type { IExporterMetricsHelper, ISerializer } from '@opentelemetry/otlp-transformer';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { Exporting, OpenTelemetry } from './variables';

export type Signal = 'spans' | 'metrics';

export interface OtlpReporter {
  /** So many spans, or one export of metrics, did not arrive. */
  otlpLost(signal: Signal, why: string, count: number): void;
  otlpArrived(signal: Signal): void;
}

/** How a signal is written, in each of the protocols. */
export interface Form<Items, Answer> {
  readonly path: string;
  readonly serializers: Readonly<Record<Exporting['protocol'], ISerializer<Items, Answer>>>;
  readonly metricsHelper: IExporterMetricsHelper<Items>;
}

const contentTypes = { 'http/json': 'application/json', 'http/protobuf': 'application/x-protobuf' };

export function exporterFor<Items, Answer>(
  { url, headers, timeoutMs, protocol, isCompressed }: Exporting,
  { path, serializers, metricsHelper }: Form<Items, Answer>,
): OTLPExporterBase<Items> {
  const compression = (isCompressed ? 'gzip' : 'none') as NonNullable<
    Parameters<typeof convertLegacyHttpOptions>[0]['compression']
  >;
  const signal = path === 'v1/traces' ? 'TRACES' : 'METRICS';
  const options = convertLegacyHttpOptions({ url, headers, timeoutMillis: timeoutMs, compression }, signal, path, {
    'Content-Type': contentTypes[protocol],
  });
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(options, serializers[protocol], 'otlp_http_exporter', metricsHelper, undefined),
  );
}

export const resourceOf = ({ resource }: OpenTelemetry): Resource =>
  resourceFromAttributes({ ...SDK_INFO, ...resource });

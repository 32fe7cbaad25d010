// The metrics by OTLP: what the registry prints for Prometheus is translated at each export, so that a request counts once. The names
// stay those of the metrics table. Loaded only where they are sent.

import { type HrTime, ValueType } from '@opentelemetry/api';
import { ExportResultCode, hrTime, millisToHrTime } from '@opentelemetry/core';
import {
  JsonMetricsSerializer,
  MetricsExporterMetricsHelper,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Figure } from './counts';
import { exporterFor, type OtlpReporter, resourceOf } from './otlp';
import type { Exporting, OpenTelemetry } from './variables';

/** A metric as a registry of prom-client gives it. */
export interface Printed {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly Figure[];
}

const FORM = {
  path: 'v1/metrics',
  serializers: { 'http/json': JsonMetricsSerializer, 'http/protobuf': ProtobufMetricsSerializer },
  metricsHelper: MetricsExporterMetricsHelper,
};

/** @returns what sends the last figures and ends */
export function sendMetrics(
  settings: OpenTelemetry,
  target: Exporting,
  printed: () => Promise<readonly Printed[]>,
  reporter: OtlpReporter,
): () => Promise<void> {
  const resource = resourceOf(settings);
  const exporter = exporterFor<ResourceMetrics, unknown>(target, FORM);
  const reader = new PeriodicExportingMetricReader({
    exporter: {
      export(metrics, done) {
        exporter.export(metrics, (result) => {
          if (result.code === ExportResultCode.SUCCESS) reporter.otlpArrived('metrics');
          else reporter.otlpLost('metrics', 'export_failed', 1);
          done(result);
        });
      },
      forceFlush: () => exporter.forceFlush(),
      shutdown: () => exporter.shutdown(),
    },
    exportIntervalMillis: settings.metricsEveryMs,
    exportTimeoutMillis: Math.min(settings.metricsTimeoutMs, settings.metricsEveryMs),
  });
  const startTime = millisToHrTime(performance.timeOrigin);
  reader.setMetricProducer({
    async collect() {
      const endTime = hrTime();
      const metrics = (await printed()).map((metric) => metricFrom(metric, startTime, endTime));
      const scope = { name: 'firmware-gateway' };
      return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
    },
  });
  return () => reader.shutdown();
}

function metricFrom({ name, help, type, values }: Printed, startTime: HrTime, endTime: HrTime): MetricData {
  const point = <Value>(attributes: Figure['labels'], value: Value): DataPoint<Value> => ({
    startTime,
    endTime,
    attributes,
    value,
  });
  const metric = {
    descriptor: { name, description: help, unit: name.includes('_seconds') ? 's' : '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (type === 'histogram') {
    const dataPoints = histogramsIn(values).map(({ labels, histogram }) => point(labels, histogram));
    return { ...metric, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = values.map(({ labels, value }) => point(labels, value));
  if (type !== 'counter') return { ...metric, dataPointType: DataPointType.GAUGE, dataPoints };
  return { ...metric, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
}

/** Prometheus counts in each bucket those below it, too. */
function histogramsIn(values: readonly Figure[]): { labels: Figure['labels']; histogram: Histogram }[] {
  const byLabels = new Map<string, { labels: Figure['labels']; histogram: Histogram; atMost: number }>();
  for (const { labels: all, value, metricName = '' } of values) {
    const { le, ...labels } = all;
    const key = JSON.stringify(labels);
    const found = byLabels.get(key) ?? {
      labels,
      histogram: { buckets: { boundaries: [], counts: [] }, sum: 0, count: 0 },
      atMost: 0,
    };
    byLabels.set(key, found);
    const { histogram } = found;
    if (metricName.endsWith('_sum')) histogram.sum = value;
    else if (metricName.endsWith('_count')) histogram.count = value;
    else {
      if (le !== '+Inf') histogram.buckets.boundaries.push(Number(le));
      histogram.buckets.counts.push(value - found.atMost);
      found.atMost = value;
    }
  }
  return [...byLabels.values()];
}

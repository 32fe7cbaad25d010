// OpenTelemetry's standard variables, as far as they are obeyed here; and what they come to. Loads nothing of the SDK.
// @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

import { accessSync, constants } from 'node:fs';
import { z } from 'zod';

const whole = (fallback: number, least = 0) => optionalWhole(least).default(fallback);

const optionalWhole = (least: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: `expected a whole number from ${least} to 999999999` })
    .transform(Number)
    .refine((value) => value >= least, { error: `expected a whole number from ${least} to 999999999` });

const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, { error: `expected ${values.join(' or ')}` });

const httpUrl = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  error: 'expected an http(s) URL',
});

/** The SDK reads it, and goes on without it if it cannot. */
const readableFile = z.string().refine(isReadable, { error: 'expected the path of a file that can be read' });

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** `a=1,b=2`, with percent signs before what is not plain. */
const pairs = (isPair: (name: string, value: string) => boolean) =>
  z.string().transform((text, { addIssue }) => {
    const entries = text.split(',').filter((entry) => entry.trim() !== '');
    const decoded = entries.map(pairFrom);
    if (decoded.every((pair) => pair !== undefined && isPair(...pair)))
      return Object.fromEntries(decoded as [string, string][]);
    addIssue({ code: 'custom', message: 'expected name=value, separated by commas, percent-encoded where not plain' });
    return z.NEVER;
  });

function pairFrom(entry: string): [string, string] | undefined {
  const [, name, value] = /^\s*([^=]+?)\s*=\s*"?(.*?)"?\s*$/s.exec(entry) ?? [];
  try {
    return name === undefined || value === undefined
      ? undefined
      : [decodeURIComponent(name), decodeURIComponent(value)];
  } catch {
    return undefined;
  }
}

const isHeader = (name: string, value: string): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\x20-\x7e]*$/.test(value);

/** Names between commas; `none` stands alone. */
const someOf = (values: readonly string[]) =>
  z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => values.includes(name) && (name !== 'none' || names.length === 1)), {
      error: `expected ${values.join(' or ')}, separated by commas, and none alone`,
    });

/** One for all signals, and one for each, which counts more. */
const eachSignal = <const Option extends string, Schema extends z.ZodType>(
  option: Option,
  schema: Schema,
  meaning: string,
) =>
  ({
    [`OTEL_EXPORTER_OTLP_${option}`]: schema.describe(meaning),
    [`OTEL_EXPORTER_OTLP_TRACES_${option}`]: schema.describe('The same, for spans alone.'),
    [`OTEL_EXPORTER_OTLP_METRICS_${option}`]: schema.describe('The same, for metrics alone.'),
  }) as Record<`OTEL_EXPORTER_OTLP_${'' | 'TRACES_' | 'METRICS_'}${Option}`, Schema>;

export const openTelemetryVariables = {
  OTEL_SDK_DISABLED: z
    .string()
    .toLowerCase()
    .pipe(oneOf(['true', 'false']))
    .default('false')
    .describe('`true`: neither spans nor metrics are sent.'),
  OTEL_SERVICE_NAME: z
    .string()
    .optional()
    .describe('Name of the service. By default: `service.name` of the resource, else `firmware-gateway`.'),
  OTEL_RESOURCE_ATTRIBUTES: pairs(() => true)
    .optional()
    .describe('What is said of the process with all spans and metrics, as `name=value`, separated by commas.'),
  OTEL_PROPAGATORS: someOf(['tracecontext', 'baggage', 'none'])
    .default(['tracecontext', 'baggage'])
    .describe('Headers by which a caller’s trace goes on: `traceparent` with `tracecontext`.'),
  OTEL_TRACES_EXPORTER: oneOf(['otlp', 'none'])
    .optional()
    .describe('Whether spans are sent. By default: where an endpoint for them is set.'),
  OTEL_METRICS_EXPORTER: someOf(['otlp', 'prometheus', 'none'])
    .default(['none'])
    .describe('`otlp`: the metrics are sent too. `/metrics` is there in any case.'),
  OTEL_TRACES_SAMPLER: oneOf([
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ])
    .default('parentbased_always_on')
    .describe('Which operations have spans.'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0?\.\d{1,15}|0(\.0*)?|1(\.0*)?)$/, { error: 'expected a number from 0 to 1' })
    .transform(Number)
    .default(1)
    .describe('The part of them, where the sampler is one of a ratio.'),
  ...eachSignal(
    'ENDPOINT',
    httpUrl.optional(),
    'Collector that takes OTLP over HTTP; spans go to `/v1/traces` and metrics to `/v1/metrics` beneath it.',
  ),
  ...eachSignal(
    'HEADERS',
    pairs(isHeader).optional(),
    'Headers that are sent to it, as `name=value`, separated by commas.',
  ),
  ...eachSignal(
    'TIMEOUT',
    optionalWhole(1).optional(),
    'Milliseconds that it may take for one export. By default: 10,000.',
  ),
  ...eachSignal(
    'PROTOCOL',
    oneOf(['http/json', 'http/protobuf']).optional(),
    'How it is spoken to: `http/json` or `http/protobuf`. By default: `http/json`.',
  ),
  ...eachSignal('COMPRESSION', oneOf(['gzip', 'none']).optional(), '`gzip`: what is sent is compressed.'),
  ...eachSignal(
    'CERTIFICATE',
    readableFile.optional(),
    'File with the certificates by which a collector over https is trusted.',
  ),
  ...eachSignal('CLIENT_CERTIFICATE', readableFile.optional(), 'File with the certificate that is shown to it.'),
  ...eachSignal('CLIENT_KEY', readableFile.optional(), 'File with the private key of that certificate.'),
  OTEL_BSP_SCHEDULE_DELAY: whole(1000).describe('Milliseconds between two exports of spans.'),
  OTEL_BSP_EXPORT_TIMEOUT: whole(30_000, 1).describe(
    'Milliseconds after which the next export of spans begins in any case.',
  ),
  OTEL_BSP_MAX_QUEUE_SIZE: whole(2048, 1).describe('Spans that wait; those beyond are lost.'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: whole(512, 1).describe('Spans of one export.'),
  OTEL_METRIC_EXPORT_INTERVAL: whole(60_000, 1).describe('Milliseconds between two exports of metrics.'),
  OTEL_METRIC_EXPORT_TIMEOUT: whole(30_000, 1).describe('Milliseconds that an export of metrics may take.'),
};

type Given = z.output<z.ZodObject<typeof openTelemetryVariables>>;

/** These the SDK itself obeys. */
const OF_THE_SDK = /^OTEL_((SPAN_|EVENT_|LINK_)?ATTRIBUTE_|SPAN_(LINK|EVENT)_)/;

/** Standard variables that are set and have no effect here: somebody expects one. */
export const ignoredVariables = (given: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(given).filter(
    (name) =>
      name.startsWith('OTEL_') && !(name in openTelemetryVariables) && !OF_THE_SDK.test(name) && given[name] !== 'none',
  );

/** What is wrong of several variables together. */
export function openTelemetryFaults(given: Given): string[] {
  const { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: batch, OTEL_BSP_MAX_QUEUE_SIZE: queue } = given;
  return batch > queue
    ? [`OTEL_BSP_MAX_EXPORT_BATCH_SIZE: expected OTEL_BSP_MAX_QUEUE_SIZE at most, got ${batch}`]
    : [];
}

/** How one signal is sent. */
export interface Exporting {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly timeoutMs: number;
  readonly protocol: 'http/json' | 'http/protobuf';
  readonly isCompressed: boolean;
}

/** What is to be sent, and how. */
export interface OpenTelemetry {
  readonly traces: Exporting | undefined;
  readonly metrics: Exporting | undefined;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: Given['OTEL_TRACES_SAMPLER'];
  readonly ratio: number;
  /** Whether a caller's `traceparent` is heeded. */
  readonly isPropagated: boolean;
  readonly batch: { delayMs: number; timeoutMs: number; queue: number; size: number };
  readonly metricsEveryMs: number;
  readonly metricsTimeoutMs: number;
}

/** @returns undefined if nothing is to be sent */
export function openTelemetryFrom(given: Given): OpenTelemetry | undefined {
  const endpoint = given.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? given.OTEL_EXPORTER_OTLP_ENDPOINT;
  const { OTEL_TRACES_EXPORTER = endpoint === undefined ? 'none' : 'otlp' } = given;
  const traces = OTEL_TRACES_EXPORTER === 'otlp' ? exportingFrom(given, 'TRACES', 'v1/traces') : undefined;
  const metrics = given.OTEL_METRICS_EXPORTER.includes('otlp')
    ? exportingFrom(given, 'METRICS', 'v1/metrics')
    : undefined;
  if (given.OTEL_SDK_DISABLED === 'true' || !(traces || metrics)) return undefined;
  return {
    traces,
    metrics,
    resource: {
      'service.name': 'firmware-gateway',
      ...given.OTEL_RESOURCE_ATTRIBUTES,
      ...(given.OTEL_SERVICE_NAME !== undefined && { 'service.name': given.OTEL_SERVICE_NAME }),
    },
    sampler: given.OTEL_TRACES_SAMPLER,
    ratio: given.OTEL_TRACES_SAMPLER_ARG,
    isPropagated: given.OTEL_PROPAGATORS.includes('tracecontext'),
    batch: {
      delayMs: given.OTEL_BSP_SCHEDULE_DELAY,
      timeoutMs: given.OTEL_BSP_EXPORT_TIMEOUT,
      queue: given.OTEL_BSP_MAX_QUEUE_SIZE,
      size: given.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    },
    metricsEveryMs: given.OTEL_METRIC_EXPORT_INTERVAL,
    metricsTimeoutMs: given.OTEL_METRIC_EXPORT_TIMEOUT,
  };
}

/** Where the specification says that a collector is, if none is named. */
const DEFAULT_ENDPOINT = 'http://localhost:4318';

function exportingFrom(given: Given, signal: 'TRACES' | 'METRICS', path: string): Exporting {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base = DEFAULT_ENDPOINT } = given;
  return {
    url: given[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ?? `${base.replace(/\/$/, '')}/${path}`,
    headers: { ...given.OTEL_EXPORTER_OTLP_HEADERS, ...given[`OTEL_EXPORTER_OTLP_${signal}_HEADERS`] },
    timeoutMs: given[`OTEL_EXPORTER_OTLP_${signal}_TIMEOUT`] ?? given.OTEL_EXPORTER_OTLP_TIMEOUT ?? 10_000,
    protocol: given[`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`] ?? given.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/json',
    isCompressed:
      (given[`OTEL_EXPORTER_OTLP_${signal}_COMPRESSION`] ?? given.OTEL_EXPORTER_OTLP_COMPRESSION) === 'gzip',
  };
}

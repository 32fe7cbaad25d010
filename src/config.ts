// The environment, read once and checked whole. The only reader of process.env.

import { z } from 'zod';
import { anyWhole, choice, list, ownerHeader, port, proxyUrl, redisUrl, secret, tokenApiUrl, whole } from './forms';
import { isHeaderName } from './http/cors';
import { canMatch, ORIGINS_EXPECTED } from './http/origins';
import { ignoredVariables, openTelemetryFaults, openTelemetryVariables } from './telemetry/variables';

/** From the stop signal on, so long until the last call must have ended: the rest of the 20 s is for the way out. */
export const STOP_CALLS_LIMIT_MS = 18_500;

/** Every variable, with what docs/configuration.md says of it. */
const environment = z.object({
  PORT: port(4000).describe('Port of `/graphql`.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; `0.0.0.0` for every interface.'),
  ADMIN_PORT: port(4001).describe('Port of `/livez`, `/readyz` and `/metrics`.'),
  ADMIN_HOST: z.string().optional().describe('Address on which `ADMIN_PORT` listens. By default: `HOST`.'),
  TOKENAPI_URL: tokenApiUrl.describe('Where the tokenapi is: https, or http for loopback only.'),
  TOKENAPI_TIMEOUT_MS: whole(10_000, 1, 120_000).describe('Bounds one upstream call, from its send on.'),
  OPERATION_TIMEOUT_MS: whole(30_000, 1, 600_000).describe(
    'Bounds the reads of one operation together; what is not read by then is answered as `Gateway.NoAnswer`.',
  ),
  MAX_UPSTREAM_CALLS: whole(256, 1, 100_000).describe('Upstream calls at once. Those beyond wait for a place.'),
  CONFIRM_PLACES: anyWhole(1, 100_000)
    .optional()
    .describe('Of these, places that reads cannot take. By default: a quarter.'),
  USER_PLACES: anyWhole(1, 100_000)
    .optional()
    .describe('Reads of one user at once. By default: an eighth of the places that reads can take.'),
  USER_QUEUE: whole(200, 1, 5000).describe('Reads of one user that wait for a place; those beyond are rate limited.'),
  TOKENAPI_CALLS_PER_SECOND: anyWhole(1, 100_000)
    .optional()
    .describe(
      'Upstream calls that this process sends in a second, confirms first. Without it, as many as there are places for.',
    ),
  LIVE_STREAMS: whole(10_000, 0, 1_000_000).describe('Streams of progress at once. Those beyond are rate limited.'),
  LIVE_STREAMS_PER_USER: whole(100, 1, 100_000).describe('Of these, streams of one user.'),
  LIVE_STREAMS_PER_CONNECTION: whole(20, 1, 10_000).describe('Operations that one WebSocket may have under way.'),
  LIVE_CALLS_PER_SECOND: whole(50, 1, 100_000).describe(
    'Upstream calls that all streams of this process cause in a second, after those of confirms and reads.',
  ),
  LIVE_CALLS_PER_SECOND_PER_USER: whole(10, 1, 100_000).describe('Of these, those of one user.'),
  REDIS_URL: redisUrl.describe(
    'Redis that replicas share idempotency keys and recent confirms through. Without it, each has its own.',
  ),
  REDIS_REPLICAS_ACK: anyWhole(0, 100)
    .optional()
    .describe(
      "Redis' own replicas that must have a key before its confirm is sent. By default: 1 with Sentinel or a Cluster, else 0.",
    ),
  DRAIN_DELAY_MS: whole(5000, 0, 15_000).describe('After SIGTERM, so long serving goes on while the balancer notices.'),
  KEEP_ALIVE_MS: whole(65_000, 1000, 7_200_000).describe(
    'So long an idle connection of a client is kept; longer than the balancer in front keeps it.',
  ),
  CORS_ORIGINS: list(ORIGINS_EXPECTED, canMatch).describe(
    'Origins of pages and apps that may call, separated by commas; `https://*.example.com` is any one label.',
  ),
  CORS_HEADERS: list('expected names of headers, separated by commas', isHeaderName)
    .transform((names) => names.map((name) => name.toLowerCase()))
    .describe('Headers that these may send, beside those of ordinary clients, separated by commas.'),
  ROUTER_SECRET: secret.describe(
    'What a router must send in `x-router-secret`, or gets 401. Without it, whoever reaches the port may ask.',
  ),
  ROUTER_SECRET_PREVIOUS: secret.describe('A second secret that is accepted, while routers change to the first.'),
  OWNER_HEADER: ownerHeader.describe(
    'Header in which the router names the user, so that keys survive a new token. Needs `ROUTER_SECRET`.',
  ),
  HTTPS_PROXY: proxyUrl.describe('Proxy through which an https `TOKENAPI_URL` is reached.'),
  NO_PROXY: z.string().default('').describe('Hosts that are reached without it, separated by commas.'),
  EXPLORER: choice(['sandbox', 'off'], 'off').describe(
    '`sandbox`: a browser that opens `/graphql` gets Apollo Sandbox, and `/explorer` is an explorer that needs no CDN.',
  ),
  INTROSPECTION: z
    .enum(['on', 'off'], { error: 'expected on or off' })
    .optional()
    .describe('Whether the schema can be introspected. By default: `on` with an explorer.'),
  FAST_LANE: choice(['on', 'off'], 'on').describe(
    '`off`: every request takes the whole of Apollo Server, not only those with a document that it has not seen.',
  ),
  PERSISTED_QUERIES: choice(['off', 'automatic'], 'off').describe(
    '`automatic`: clients name a document by its hash once they have sent it, as Apollo’s automatic persisted queries.',
  ),
  TRUSTED_DOCUMENTS: z
    .string()
    .optional()
    .describe('File of documents that clients name by their ids, as graphql-codegen, Relay and Apollo write it.'),
  TRUSTED_DOCUMENTS_ONLY: choice(['on', 'off'], 'off').describe('`on`: every other document is refused.'),
  ...openTelemetryVariables,
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info').describe(
    'Least level that is logged.',
  ),
  AUDIT: choice(['stdout', 'stderr', 'off'], 'stdout').describe(
    'Where it is written that a confirm is about to be sent, and how it ended, whatever `LOG_LEVEL` says.',
  ),
});

type Environment = z.output<typeof environment>;

export interface Config
  extends Readonly<
    Omit<Environment, 'ADMIN_HOST' | 'INTROSPECTION' | 'CONFIRM_PLACES' | 'USER_PLACES' | 'REDIS_REPLICAS_ACK'>
  > {
  readonly ADMIN_HOST: string;
  readonly INTROSPECTION: 'on' | 'off';
  readonly CONFIRM_PLACES: number;
  readonly USER_PLACES: number;
  /** Variables of OpenTelemetry that are set, and that nothing here obeys. */
  readonly ignored: readonly string[];
  readonly REDIS_REPLICAS_ACK: number;
}

/** A configuration that cannot be used. `message` names every fault, one a line. */
export class ConfigError extends Error {}

/**
 * The configuration that an environment describes. An empty variable counts as absent.
 *
 * @throws ConfigError naming every fault at once
 */
export function configFrom(env: Readonly<Record<string, string | undefined>>): Config {
  // These two are written in small letters as often.
  const spelled = { ...env, HTTPS_PROXY: env.HTTPS_PROXY || env.https_proxy, NO_PROXY: env.NO_PROXY || env.no_proxy };
  const given = Object.fromEntries(Object.entries(spelled).filter(([, value]) => value !== undefined && value !== ''));
  const read = environment.safeParse(given);
  const faults = read.error?.issues.map(({ path, message }) => faultFrom(String(path[0]), message, given)) ?? [];
  if (read.data && read.data.PORT === read.data.ADMIN_PORT && read.data.PORT !== 0)
    faults.push('ADMIN_PORT: expected a port other than PORT');
  if (read.data && (read.data.CONFIRM_PLACES ?? 1) > read.data.MAX_UPSTREAM_CALLS)
    faults.push('CONFIRM_PLACES: expected MAX_UPSTREAM_CALLS at most');
  if (given.ROUTER_SECRET_PREVIOUS !== undefined && given.ROUTER_SECRET === undefined)
    faults.push('ROUTER_SECRET_PREVIOUS: expected ROUTER_SECRET beside it');
  if (given.OWNER_HEADER !== undefined && given.ROUTER_SECRET === undefined)
    faults.push('OWNER_HEADER: expected ROUTER_SECRET beside it');
  if (read.data)
    faults.push(...stopFaultsFrom(read.data), ...trustFaultsFrom(read.data), ...openTelemetryFaults(read.data));
  if (!read.data || faults.length > 0) throw new ConfigError(faults.join('\n'));
  const {
    ADMIN_HOST = read.data.HOST,
    INTROSPECTION = read.data.EXPLORER === 'off' ? 'off' : 'on',
    REDIS_REPLICAS_ACK = /^rediss?\+/i.test(read.data.REDIS_URL ?? '') ? 1 : 0,
    ...rest
  } = read.data;
  const { MAX_UPSTREAM_CALLS: places } = rest;
  const { CONFIRM_PLACES = part(places, 4) } = rest;
  const { USER_PLACES = part(places - CONFIRM_PLACES, 8) } = rest;
  const ignored = rest.OTEL_SDK_DISABLED === 'true' ? [] : ignoredVariables(given);
  return Object.freeze({
    ...rest,
    ADMIN_HOST,
    INTROSPECTION,
    REDIS_REPLICAS_ACK,
    CONFIRM_PLACES,
    USER_PLACES,
    ignored,
  });
}

/** A confirm that comes just before the drain's delay is over must be answered before the process has to be gone. */
function stopFaultsFrom({ DRAIN_DELAY_MS, TOKENAPI_TIMEOUT_MS }: Environment): string[] {
  const sum = DRAIN_DELAY_MS + TOKENAPI_TIMEOUT_MS;
  if (sum <= STOP_CALLS_LIMIT_MS) return [];
  const came = `${TOKENAPI_TIMEOUT_MS} and ${DRAIN_DELAY_MS}, which is ${sum}`;
  return [`TOKENAPI_TIMEOUT_MS: expected at most ${STOP_CALLS_LIMIT_MS} together with DRAIN_DELAY_MS, got ${came}`];
}

/** An explorer and a router send documents that nobody has written down before. */
function trustFaultsFrom(env: Environment): string[] {
  if (env.TRUSTED_DOCUMENTS_ONLY === 'off') return [];
  const faults: [isFault: boolean, expected: string][] = [
    [env.TRUSTED_DOCUMENTS === undefined, 'TRUSTED_DOCUMENTS beside it'],
    [env.EXPLORER !== 'off', 'no explorer beside it'],
    [env.ROUTER_SECRET !== undefined, 'no ROUTER_SECRET beside it'],
  ];
  return faults.flatMap(([isFault, expected]) => (isFault ? [`TRUSTED_DOCUMENTS_ONLY: expected ${expected}`] : []));
}

const part = (places: number, divisor: number): number => Math.max(1, Math.floor(places / divisor));

/** What was expected and what came, unless what came may hold a secret. */
function faultFrom(name: string, expected: string, given: Readonly<Record<string, string | undefined>>): string {
  return isSecret(name) ? `${name}: ${expected}` : `${name}: ${expected}, got ${JSON.stringify(given[name])}`;
}

const isSecret = (name: string): boolean => /URL|SECRET|PROXY$|ENDPOINT$|OTLP_(.+_)?HEADERS$/.test(name);

/** The configuration as text for people: what may hold a secret is shown without it. */
export function printedConfig(config: Config): string {
  const shown = Object.entries(config).map(([name, value]) => [name, isSecret(name) ? redacted(value) : value]);
  return `${JSON.stringify(Object.fromEntries(shown), null, 2)}\n`;
}

function redacted(value: unknown): unknown {
  if (value === undefined || value === '') return value;
  if (!URL.canParse(String(value))) return '[redacted]';
  const url = new URL(String(value));
  if (url.username || url.password) [url.username, url.password] = ['redacted', 'redacted'];
  if (url.search) url.search = 'redacted';
  return url.href;
}

/** Name and meaning of every variable: what the table in docs/configuration.md must say. */
export const environmentVariables: ReadonlyMap<string, string> = new Map(
  Object.entries(environment.shape).map(([name, schema]) => [name, schema.description ?? '']),
);

/** What each variable means, in another language. */
export type Meanings = Readonly<Record<keyof Environment, string>>;

/** Every variable with its default; undefined: it has none. */
export function environmentRows(
  meanings?: Meanings,
): Array<{ name: string; byDefault: string | undefined; meaning: string }> {
  const defaults = configFrom({}) as unknown as Record<string, unknown>;
  const inLanguage: Readonly<Record<string, string>> = meanings ?? Object.fromEntries(environmentVariables);
  return [...environmentVariables.keys()].map((name) => {
    const byDefault = String(defaults[name] ?? '');
    return { name, byDefault: byDefault === '' ? undefined : byDefault, meaning: inLanguage[name] ?? '' };
  });
}

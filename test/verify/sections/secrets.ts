// SECRETS: no token and no password leaves the gateway by any way, in this section's traffic or in any other's.

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createCanary } from '../canary';
import { CONFIRM, createClient } from '../client';
import { crowd } from '../crowd';
import { type Gateway, startGateway } from '../gateway';
import { mixOf } from '../hostile/everything';
import { startHostileUpstream } from '../hostile/upstream';
import { bytesOf, exchangeRaw, type RawRequest } from '../rawHttp';
import { startRedisIfThere } from '../redis';
import type { Section } from '../report';
import { PRODUCT, type Run } from '../run';

const CONFIRMS = 1500;
const USERS = 60;
const JSON_TYPE = ['Content-Type', 'application/json'] as const;

export async function secrets(run: Run, section: Section): Promise<void> {
  const { canary } = run;
  const redis = await startRedisIfThere(run, section);
  const upstream = await startHostileUpstream({ seed: run.seed, ...mixOf(run.seed) });
  const traces = await startTraceReceiver(run);
  const gateway = await startGateway(run, upstream.url, {
    LOG_LEVEL: 'trace',
    TOKENAPI_TIMEOUT_MS: '600',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
    ...(redis && { REDIS_URL: redis.url }),
  });
  const client = createClient(run, gateway.origin);
  const read =
    '{ device(productId: "P", deviceName: "d") { connectivity { __typename ... on TokenApiError { message } } } }';
  const progress = section.progress(() => `${upstream.ledger.receipts.length} requests arrived`);
  await crowd(CONFIRMS, USERS, async (number) => {
    const options = { token: canary.token(number), headers: { 'idempotency-key': `key-${number}` } };
    if (number % 5 === 0) await client.post({ query: read }, 'read', options);
    else await client.confirm(`secret-${number}`, options);
  });
  for (const request of misplaced(canary.token(1))) await sendRaw(run, gateway, request);
  await pressThroughShutdown(run, gateway);
  progress.stop();
  client.close();
  await traces.close();
  await redis?.close();
  await upstream.close();
  await inspectSettings(run);

  for (const source of ['stdout', 'stderr', 'responses', 'metrics', 'traces', ...(redis ? ['redis'] : [])]) {
    const bytes = canary.watchedBytes.get(source) ?? 0;
    section.check(`${source}-bytes`, bytes, bytes > 0 || source === 'stderr');
  }
  section.none('tokens-found', canary.found);
  const planted = plantedFound(run.seed);
  section.check('control-found', planted, planted === 5);
}

/** Tokens where users and their apps put them by mistake. */
function misplaced(token: string): RawRequest[] {
  const confirm = (more: object, variables: object = {}) =>
    JSON.stringify({
      query: CONFIRM,
      variables: { productId: PRODUCT, deviceName: 'misplaced', ...variables },
      ...more,
    });
  const authorized = [JSON_TYPE, ['Authorization', `Bearer ${token}`]] as const;
  return [
    { headers: [JSON_TYPE, ['Authorization', token]], body: confirm({}) },
    { headers: [JSON_TYPE, ['Authorization', `Basic ${token}`]], body: confirm({}) },
    { headers: [JSON_TYPE, ['Authorization', `Bearer ${token} ${token}`]], body: confirm({}) },
    { headers: [...authorized, ['Authorization', `Bearer ${token}`]], body: confirm({}) },
    {
      headers: [...authorized, ['User-Agent', token], ['X-Access-Token', token], ['Cookie', `token=${token}`]],
      body: confirm({}),
    },
    { headers: authorized, path: `/graphql?access_token=${token}`, body: confirm({}) },
    { headers: authorized, path: `/${token}`, body: confirm({}) },
    { headers: authorized, body: confirm({ accessToken: token, extensions: { token } }) },
    { headers: authorized, body: confirm({}, { accessToken: token }) },
    { headers: authorized, body: confirm({}, { deviceName: { token } }) },
    { headers: authorized, body: confirm({}, { deviceName: `${token} ` }) },
    {
      headers: authorized,
      body: confirm({ query: `mutation { confirmFirmwareUpgrade(accessToken: "${token}") { __typename } }` }),
    },
    { headers: authorized, body: confirm({ query: `mutation { confirmFirmwareUpgrade(productId: "${token}` }) },
    { headers: authorized, body: confirm({}).slice(0, -1) },
    { headers: authorized, body: token },
    { headers: [...authorized, ['Idempotency-Key', `${token} ${token}`]], body: confirm({}) },
  ];
}

async function sendRaw(run: Run, gateway: Gateway, request: RawRequest): Promise<void> {
  const reply = await exchangeRaw(gateway.port, bytesOf(request));
  run.canary.inspect('responses', reply.head + reply.body);
}

/** What is said on the way out is looked at as well. */
async function pressThroughShutdown(run: Run, gateway: Gateway): Promise<void> {
  const client = createClient(run, gateway.origin);
  const underWay = Promise.all(Array.from({ length: 20 }, (_, number) => client.confirm(`leaving-${number}`)));
  await Promise.all([gateway.stop(), underWay]);
  client.close();
}

/** Settings hold secrets, too: whether they are printed, refused, or of no use. */
async function inspectSettings(run: Run): Promise<void> {
  const secret = run.canary.token(2);
  const settings: Record<string, string>[] = [
    {
      REDIS_URL: `redis://user:${secret}@127.0.0.1:1/0`,
      ROUTER_SECRET: secret,
      HTTPS_PROXY: `http://user:${secret}@127.0.0.1:1`,
    },
    { TOKENAPI_URL: `https://user:${secret}@example.com/` },
    { TOKENAPI_URL: `http://example.com/?token=${secret}` },
    { REDIS_URL: `http://:${secret}@127.0.0.1`, HTTPS_PROXY: `socks5://:${secret}@127.0.0.1` },
  ];
  for (const env of settings) await runBriefly(run, ['--print-config'], env);
  await runBriefly(run, [], { ...settings[0], PORT: '0', ADMIN_PORT: '0' });
}

function runBriefly(run: Run, args: readonly string[], env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [run.gateway, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', run.canary.watch('stdout'));
  child.stderr.on('data', run.canary.watch('stderr'));
  const stop = setTimeout(() => child.kill('SIGKILL'), 5000);
  return new Promise((resolve) => {
    child.once('close', () => {
      clearTimeout(stop);
      resolve();
    });
  });
}

/** A collector of traces that looks at everything it is sent. */
async function startTraceReceiver(run: Run): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    run.canary.inspect('traces', JSON.stringify(request.headers));
    run.canary.inspect('traces', await buffer(request));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The watch finds what is put before it: plain, across a border, as hexadecimal, and in base64 at two places. */
function plantedFound(seed: number): number {
  const canary = createCanary(seed + 1);
  const token = canary.token(7);
  canary.inspect('planted', `{"token":"${token}"}`);
  const watch = canary.watch('planted');
  watch(token.slice(0, 9));
  watch(token.slice(9));
  canary.inspect('planted', Buffer.from(token).toString('hex'));
  canary.inspect('planted', Buffer.from(`user:${token}`).toString('base64'));
  canary.inspect('planted', Buffer.from(`users:${token}`).toString('base64'));
  return canary.found.length;
}

// What a confirm with an idempotency key takes when Redis holds the keys of a day: each is a claim in Redis before it is sent.

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { candidates } from '../candidates.mjs';
import { spreadOf, spreadOver, written } from '../figures.mjs';
import { requestText } from '../firstAnswer.mjs';
import { latenciesOf } from '../line.mjs';
import { freePort, startBeside, startCandidate } from '../subject.mjs';

const KEYS = [1000, 50_000, 1_000_000];
const KEYS_A_USER = 100;
const BATCH = 5000;
const LOAD = { requestsPerSecond: 500, connections: 16 };
/** So that nobody uses up the keys of one user. */
const USERS = 1024;
const PRODUCT = 'PR1234567890';

export async function measure({ upstream, rounds, seconds, say }) {
  if (spawnSync('redis-server', ['--version']).error)
    return { skipped: 'there is no redis-server', rows: [], verdicts: [] };
  const entries = [];
  try {
    for (const keys of KEYS) {
      const redis = await startFilled(keys);
      const entry = { keys, redis, rounds: [] };
      entries.push(entry);
      say(`${keys} keys are in Redis`);
      const gateway = candidates.find(({ name }) => name === 'gateway');
      const env = { ...gateway.env, REDIS_URL: redis.url };
      entry.subject = await startCandidate({ ...gateway, env }, upstream);
      entry.stretch = () => stretch(entry, gateway.query, seconds);
      await entry.stretch();
    }
    for (let round = 1; round <= rounds; round++)
      for (const { keys, stretch, rounds: own } of entries) {
        own.push(await stretch());
        say(`round ${round}/${rounds}  ${keys} keys: ${own.at(-1).p50Ms.toFixed(2)} ms`);
      }
    return { rows: entries.map((entry) => rowOf(entry, entries[0])), verdicts: [] };
  } finally {
    for (const { subject, redis } of entries) {
      await subject?.stop();
      await redis.stop();
    }
  }
}

/** A Redis with so many confirms of today in it, written as the gateway writes them. */
async function startFilled(keys) {
  const { default: names } = await import('../../../dist/confirms/names.js');
  const port = await freePort();
  const settings = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const client = new Redis(port, '127.0.0.1', { keyPrefix: 'firmware-gateway:', lazyConnect: true });
  client.on('error', () => undefined);
  const redis = await startBeside(['redis-server', ...settings.map(String)], {}, () => client.ping());
  const emptyBytes = await bytesOf(client);
  for (let from = 0; from < keys; from += BATCH) {
    const pipeline = client.pipeline();
    for (let i = from; i < Math.min(from + BATCH, keys); i++) {
      const owner = names.ownerFromToken(`token-of-another-day-${Math.floor(i / KEYS_A_USER)}`);
      const name = names.keyName(owner, randomUUID(), `${PRODUCT}/device-${i}`);
      pipeline.set(name, recordText(), 'PX', 86_400_000);
    }
    await pipeline.exec();
  }
  const bytesAKey = ((await bytesOf(client)) - emptyBytes) / keys;
  client.disconnect();
  return { ...redis, url: `redis://127.0.0.1:${port}`, bytesAKey };
}

/** As docs/operating.md describes it. */
const recordText = () =>
  JSON.stringify({
    v: 1,
    state: 'answered',
    claim: randomUUID(),
    answer: { requestId: randomUUID(), type: 'ConfirmFirmwareUpgradeSuccess' },
  });

const bytesOf = async (client) => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]);

/** Confirms of many users, each with a key of its own. */
async function stretch({ subject, redis }, query, seconds) {
  const textOf = (i) =>
    requestText(
      query,
      { productId: PRODUCT, deviceName: `device-${i}` },
      { authorization: `Bearer bench-token-0123456789abcdef-${i % USERS}`, 'idempotency-key': randomUUID() },
    );
  const [cpuBefore, redisBefore] = [subject.cpuSeconds(), redis.cpuSeconds()];
  const latencies = await latenciesOf(subject.port, textOf, seconds, LOAD);
  return {
    p50Ms: spreadOf(latencies).median,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)],
    cpuUs: ((subject.cpuSeconds() - cpuBefore) * 1e6) / latencies.length,
    redisUs: ((redis.cpuSeconds() - redisBefore) * 1e6) / latencies.length,
  };
}

function rowOf({ keys, redis: { bytesAKey }, rounds }, fewest) {
  const of = (figure) => spreadOver(rounds, figure);
  return {
    keys,
    bytesAKey,
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuUs: of('cpuUs'),
    redisUs: of('redisUs'),
    p50ToFewest: of('p50Ms').median / spreadOver(fewest.rounds, 'p50Ms').median,
  };
}

export function print({ skipped, rows }, say) {
  if (skipped) return say(`skipped: ${skipped}`);
  say(
    `${'keys in Redis'.padEnd(16)}${'p50 ms of a confirm'.padEnd(22)}${'to fewest'.padEnd(11)}${'CPU µs'.padEnd(18)}${"µs of Redis'".padEnd(18)}bytes a key`,
  );
  for (const { keys, p50Ms, p50ToFewest, cpuUs, redisUs, bytesAKey } of rows)
    say(
      `${String(keys).padEnd(16)}${written(p50Ms, 'ms').padEnd(22)}${p50ToFewest.toFixed(2).padEnd(11)}${written(cpuUs, 'whole').padEnd(18)}${written(redisUs, 'whole').padEnd(18)}${bytesAKey.toFixed(0)}`,
    );
}

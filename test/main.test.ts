// The process: its command line, its start, and its way out.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { version } from '../package.json';
import { type Simulator, startSimulator } from '../src/simulator/simulator';
import { type Language, rowsUnder } from './docs/pages';
import { type GatewayProcess, runMain, spawnGateway, startProcess } from './gatewayProcess';
import { ask, until } from './pair';

const CONFIRM = 'mutation { confirmFirmwareUpgrade(productId: "PRDEMO0001", deviceName: "lamp-1") { __typename } }';

/** The help's line of each variable, as the table of docs/configuration.md says it. */
const helpRows = (language: Language, byDefaultIs: string) =>
  rowsUnder('docs/configuration.md', 'variable', language).map(([name = '', byDefault = '', meaning]) => {
    const [plain, shown] = [name, byDefault].map((cell) => cell.replaceAll('`', ''));
    return `  ${plain?.padEnd(30)} ${meaning}${byDefaultIs}${shown}`;
  });
const HELP = { en: helpRows('en', ' Default: '), zh: helpRows('zh', ' 默认值：') };

it('prints its version', async () => {
  expect(await runMain(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it.each<[Language, Record<string, string>]>([
  ['en', {}],
  ['en', { LANG: 'en_US.UTF-8' }],
  ['zh', { LANG: 'zh_CN.UTF-8' }],
  ['zh', { LANG: 'zh_CN.utf8' }],
  ['zh', { LANG: 'zh-Hans' }],
  ['zh', { LANG: 'zh' }],
  ['zh', { LC_MESSAGES: 'zh_SG.UTF-8', LANG: 'en_US.UTF-8' }],
  ['zh', { LC_ALL: 'zh_CN.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }],
  ['zh', { LC_ALL: '', LANG: 'zh_CN.UTF-8' }],
  ['en', { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }],
  ['en', { LANG: 'zh_CN.GB18030' }],
  ['en', { LANG: 'zhuang' }],
])('prints every variable with its default and meaning in its help: %s, as %j says', async (language, env) => {
  const { stdout } = await runMain(['--help'], env);
  expect(HELP[language].length).toBeGreaterThan(20);
  expect(HELP[language].filter((row) => !stdout.split('\n').includes(row))).toEqual([]);
});

it('prints its configuration without secrets', async () => {
  const env = {
    REDIS_URL: 'redis://user:hidden@localhost:6379',
    ROUTER_SECRET: 'hidden-hidden-hidden',
    HTTPS_PROXY: 'http://user:hidden@localhost:3128',
  };
  const { code, stdout } = await runMain(['--print-config'], env);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ PORT: 4000, REDIS_URL: 'redis://redacted:redacted@localhost:6379' });
  expect(stdout).not.toContain('hidden');
});

it.each([
  ['--wat', "Unknown option '--wat': expected of firmware-gateway [serve] only --help, --version, --print-config"],
  ['wat', "Unknown command 'wat': expected serve or demo or demo:upgrade or simulator"],
  ['constructor', "Unknown command 'constructor'"],
  ['serve wat', "Unexpected argument 'wat'"],
  ['demo --port 1', "Unknown option '--port': expected of firmware-gateway demo only --help"],
  ['simulator --port', "Option '--port <value>' argument missing"],
  ['simulator --port 65536', '--port: expected a whole number from 0 to 65535, got "65536"'],
  ['simulator --envelope wat', '--envelope: expected documented or client or alternate, got "wat"'],
])('says what was expected in place of %s, and exits with 2', async (line, said) => {
  expect(await runMain(line.split(' '))).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
});

it('runs the simulator until it is told to go', async () => {
  const simulator = spawnGateway({}, ['simulator', '--port', '0', '--latency-ms', '5']);
  const url = (await simulator.written(/http:\/\/127\.0\.0\.1:\d+\/\S+/)).trim();
  const gateway = await startProcess({ TOKENAPI_URL: url, DRAIN_DELAY_MS: '0' });
  expect((await ask(gateway.url, CONFIRM)).body.data.confirmFirmwareUpgrade.__typename).toBe(
    'ConfirmFirmwareUpgradeSuccess',
  );
  for (const { child, exited } of [gateway, simulator]) {
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  }
});

it.each(['demo', 'demo:upgrade', 'simulator'])('says what %s takes, in either language', async (name) => {
  const { code, stdout } = await runMain([name, '--help']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(new RegExp(`^Usage: firmware-gateway ${name} .*--help`, 's')),
  ]);
  const chinese = (await runMain([name, '--help'], { LANG: 'zh_CN.UTF-8' })).stdout;
  const plain = chinese.split('\n').filter((line) => line !== '' && !/\p{Script=Han}/u.test(line));
  expect([chinese.slice(0, 2), plain]).toEqual(['用法', []]);
});

it('runs the demo in the language of the terminal', async () => {
  const demo = spawnGateway({ LANG: 'zh_CN.UTF-8', DRAIN_DELAY_MS: '0' }, ['demo']);
  await demo.written(/按 Ctrl-C 结束演示/);
  const upgrade = ['demo:upgrade', '--url', 'http://127.0.0.1:9'];
  expect((await runMain(upgrade, { LANG: 'zh_CN.UTF-8' })).stdout).toContain('没有网关应答');
  demo.child.kill('SIGTERM');
  expect(await demo.exited).toBe(0);
});

it('names every fault of its configuration at once', async () => {
  const { code, stderr } = await runMain([], { PORT: 'x', EXPLORER: 'on', TOKENAPI_URL: 'http://example.com' });
  expect(code).toBe(1);
  for (const name of ['PORT', 'EXPLORER', 'TOKENAPI_URL']) expect(stderr).toContain(`${name}: expected`);
});

it('says which port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await runMain([], { PORT: String(port), ADMIN_PORT: '0' });
  other.close();
  expect([code, stderr]).toEqual([1, expect.stringContaining(`Port ${port} is taken`)]);
});

it('says in one line where it serves, which version, in front of what, whatever is logged', async () => {
  const gateway = await startProcess({ LOG_LEVEL: 'silent', TOKENAPI_URL: 'http://127.0.0.1:9/tokenapi' });
  const lines = gateway.output().trim().split('\n');
  gateway.child.kill('SIGKILL');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    version,
    url: expect.stringMatching(/^http:\/\/localhost:\d+\/graphql$/),
    adminUrl: expect.stringMatching(/^http:\/\/localhost:\d+$/),
    upstream: 'http://127.0.0.1:9/tokenapi',
  });
});

it('answers what is under way at SIGTERM and exits with 0', async () => {
  const simulator = await startSimulator({ latencyMs: 500 });
  const gateway = await startProcess({ TOKENAPI_URL: simulator.url, DRAIN_DELAY_MS: '100' });
  const answer = ask(gateway.url, CONFIRM);
  await until(() => simulator.received.length === 1);
  gateway.child.kill('SIGTERM');
  expect((await answer).body.data.confirmFirmwareUpgrade.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  expect(await gateway.exited).toBe(0);
  // Nothing that was logged is lost on the way out.
  expect(gateway.output()).toContain('"msg":"confirm"');
  await simulator.close();
});

it('leaves well at a signal that comes as soon as it says where it serves', async () => {
  const gateway = await startProcess({ DRAIN_DELAY_MS: '0' });
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  expect(gateway.output()).toContain('"msg":"leaving"');
});

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

it('drains, however often it is killed at the moment at which it says where it serves', async () => {
  for (let round = 0; round < 5; round++) {
    const codes = Array.from({ length: 4 }, async (_, nth) => {
      const gateway = spawnGateway({ DRAIN_DELAY_MS: '0' });
      // At the very first byte, and not once the line is read.
      gateway.child.stdout?.once('data', () => gateway.child.kill(SIGNALS[nth % 2]));
      const code = await gateway.exited;
      return [code, gateway.output().includes('"msg":"leaving"')];
    });
    expect(await Promise.all(codes)).toEqual(Array.from({ length: 4 }, () => [0, true]));
  }
}, 60_000);

it('drains or has told nobody where it serves, at whichever moment of its start it is killed, once or twice', async () => {
  const startedAt = performance.now();
  const sample = await startProcess({ DRAIN_DELAY_MS: '0' });
  const startMs = performance.now() - startedAt;
  sample.child.kill('SIGTERM');
  await sample.exited;
  for (let nth = 0; nth < 12; nth++) {
    const gateway = spawnGateway({ DRAIN_DELAY_MS: '0' });
    const isDouble = nth % 3 === 2;
    await pause((startMs * nth) / 10);
    gateway.child.kill(SIGNALS[nth % 2]);
    if (isDouble) gateway.child.kill(SIGNALS[(nth + 1) % 2]);
    const code = await gateway.exited;
    const output = gateway.output();
    const hasServed = output.includes('"adminUrl"');
    // A signal that comes before Node runs anything of ours ends the process by itself: the code is null.
    const good = hasServed ? (isDouble ? [0, 1] : [0]) : [0, null];
    expect({ nth, hasServed, code, output }).toEqual({
      nth,
      hasServed,
      code: good.find((one) => one === code),
      output,
    });
    expect(output.includes('"msg":"leaving"')).toBe(hasServed);
  }
}, 60_000);

/** What a process runs before anything of ours: it kills itself when the module of that name is first loaded, and goes on. */
const killedAt = (file: string, signals: readonly string[]) =>
  `--import data:text/javascript,${encodeURIComponent(`import Module from 'node:module';
const load = Module._load;
let isLoaded = false;
Module._load = function (request, ...rest) {
  const isFirst = !isLoaded && request.endsWith('${file}');
  if (isFirst) isLoaded = true;
  if (isFirst) for (const signal of ${JSON.stringify(signals)}) process.kill(process.pid, signal);
  return load.call(this, request, ...rest);
};`)}`;

it.each([
  ['node:fs', ['SIGTERM']],
  ['node:v8', ['SIGINT']],
  ['node:net', ['SIGTERM', 'SIGINT']],
  ['worker_threads', ['SIGTERM']],
])('exits with 0 at a signal while it loads %s, and never serves', async (file, signals) => {
  const gateway = spawnGateway({ NODE_OPTIONS: killedAt(file, signals) });
  expect(await gateway.exited).toBe(0);
  expect(gateway.output()).toBe('');
});

it('exits with 0 at a signal during its start, and never serves', async () => {
  // A Redis that does not answer: the start waits for it for a moment.
  const redis = createTcpServer().listen(0, '127.0.0.1').unref();
  await once(redis, 'listening');
  const gateway = spawnGateway({ REDIS_URL: `redis://127.0.0.1:${(redis.address() as AddressInfo).port}` });
  const [connection] = await once(redis, 'connection');
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
  expect(gateway.output()).not.toContain('"adminUrl"');
  connection.destroy();
  redis.close();
});

it('exits at once at a second signal', async () => {
  const gateway = await startProcess({ DRAIN_DELAY_MS: '8000' });
  gateway.child.kill('SIGTERM');
  // Two signals before the first is handled are one to the process.
  await gateway.written(/"msg":"leaving"/);
  gateway.child.kill('SIGTERM');
  // Had it waited for the drain, the code would be 0.
  expect(await gateway.exited).toBe(1);
});

describe('with nobody who reads stdout', () => {
  let simulator: Simulator;
  let gateway: GatewayProcess;
  const figure = async (name: string) => {
    const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    return Number(new RegExp(`^firmware_gateway_${name} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  beforeEach(async () => {
    simulator = await startSimulator();
    gateway = await startProcess({ TOKENAPI_URL: simulator.url, DRAIN_DELAY_MS: '0' });
    gateway.child.stdout?.pause();
    // Each logs two lines, of which one holds much: more than the pipe and the buffer take.
    const query = `query ${'n'.repeat(4000)} { device(productId: "P", deviceName: "D") { id } }`;
    while ((await figure('log_dropped_total')) === 0)
      await Promise.all(Array.from({ length: 200 }, () => ask(gateway.url, query, {}, { token: null })));
  }, 60_000);
  afterEach(async () => {
    gateway.child.kill('SIGKILL');
    await simulator.close();
  });

  it('sends a confirm without its audit line, and counts it', async () => {
    const { body } = await ask(gateway.url, CONFIRM);
    expect(body.data.confirmFirmwareUpgrade.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(simulator.received).toHaveLength(1);
    expect(await figure('audit_dropped_total')).toBe(1);
  });

  it('exits at one signal, and says on stderr and by its code that lines are lost', async () => {
    gateway.child.kill('SIGTERM');
    const [code] = await once(gateway.child, 'exit');
    expect(code).toBe(2);
    gateway.child.stdout?.resume();
    await gateway.exited;
    expect(gateway.output()).toContain('nobody reads stdout');
  });

  it('exits at once at a second signal', async () => {
    gateway.child.kill('SIGTERM');
    await until(async () => (await fetch(`${gateway.adminUrl}/readyz`).catch(() => undefined))?.status !== 200);
    gateway.child.kill('SIGTERM');
    const [code] = await once(gateway.child, 'exit');
    expect(code).toBe(1);
  });

  it('writes whole lines once somebody reads again, and new ones', async () => {
    gateway.child.stdout?.resume();
    await gateway.written(/"msg":"operation"/);
    await until(async () => {
      await ask(gateway.url, CONFIRM, {}, { headers: { 'x-request-id': 'test-again' } });
      return gateway.output().includes('"requestId":"test-again"');
    });
    gateway.child.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    const lines = gateway.output().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line)).at(-1)).toMatchObject({ msg: 'leaving' });
  });
});

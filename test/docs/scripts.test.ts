// The scripts that a newcomer starts, as package.json has them. Each builds first; here what was built is started.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { scripts } from '../../package.json';
import { blocksOf, ROOT } from './pages';

const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the last command of a script, and resolves with what it has printed once that matches. */
async function startScript(name: 'demo' | 'start', pattern: RegExp): Promise<{ child: ChildProcess; printed: string }> {
  const command = scripts[name].split(' && ').at(-1);
  // No shell stays in between, so that the process gets the signals.
  const child = spawn('sh', ['-c', `exec ${command}`], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PORT: '0', ADMIN_PORT: '0', DRAIN_DELAY_MS: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (pattern.test(printed)) resolve();
    });
    child.once('exit', () => reject(new Error(`expected ${name} to print ${pattern}, and it printed ${printed}`)));
  });
  return { child, printed };
}

async function stopped(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM');
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  return code;
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;

(hasCurl ? it : it.skip)(
  'the demo takes other ports, and the first curl of the README with its port changed',
  async () => {
    const { child, printed } = await startScript('demo', /Ctrl-C/);
    const [origin = ''] = /http:\/\/localhost:\d+(?=\/graphql)/.exec(printed) ?? [];
    const curl = blocksOf('README.md').find(({ text }) => text.startsWith('curl'))?.text ?? '';
    const { stdout } = spawnSync('sh', ['-c', curl.replace('http://localhost:4000', origin)], { encoding: 'utf8' });
    expect(JSON.parse(stdout).data.confirmFirmwareUpgrade.__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(await stopped(child)).toBe(0);
  },
);

it('npm start serves the compiled gateway in front of the real platform', async () => {
  const { child, printed } = await startScript('start', /"msg".*\n/);
  const { adminUrl, upstream } = JSON.parse(printed);
  expect(upstream).toBe('https://iot.cloud.tencent.com/api/exploreropen/tokenapi');
  expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
  expect(await stopped(child)).toBe(0);
});

it('a replica that is started as docs/operating.md says gets the signal of the shell that started it', () => {
  const block = blocksOf('docs/operating.md').find(({ language }) => language === 'sh')?.text ?? '';
  const lines = block.split('\n').filter((line) => line.includes('ADMIN_PORT='));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const start = line
      .replace(/^PORT=\d+ ADMIN_PORT=\d+/, 'PORT=0 ADMIN_PORT=0 DRAIN_DELAY_MS=0')
      .replace('node_modules/firmware-gateway/dist/main.js', 'dist/main.js')
      .replace(/&$/, '>"$log" &');
    // Once it says where it serves, it is told to go, and the shell says with which code it went.
    const script = `log=$(mktemp); ${start}
until grep -q adminUrl "$log"; do sleep 0.1; done; kill $!; wait $!; echo "exit $?"; rm "$log"`;
    const { stdout } = spawnSync('sh', ['-c', script], { cwd: ROOT, encoding: 'utf8', timeout: 15_000 });
    expect(stdout.trim()).toBe('exit 0');
  }
});

// The demo over HTTP: lamps that are never used up, its switches, and who may call it.

import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { type Demo, startDemo } from '../../src/demo/start';
import { blocksOf } from '../docs/pages';
import { ask, CONFIRM, startPair, until } from '../pair';

const PRODUCT = 'PRDEMO0001';
const ALICE = { authorization: 'Bearer demo-token-alice' };

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ env: { PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'silent' }, paceMs: 20 });
});
afterAll(() => demo.close());

const confirmed = async (deviceName: string) =>
  (await ask(demo.url, CONFIRM, { productId: PRODUCT, deviceName })).body.data.confirmFirmwareUpgrade;

async function control(method: string, body?: unknown, headers: Record<string, string> = ALICE) {
  const response = await fetch(new URL('/demo/trouble', demo.url), {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function phaseOf(deviceName: string): Promise<string> {
  const query = `query ($name: String!) { device(productId: "${PRODUCT}", deviceName: $name) { firmwareUpgrade { ... on FirmwareUpgrade { phase } } } }`;
  return (await ask(demo.url, query, { name: deviceName })).body.data.device.firmwareUpgrade.phase;
}

it('accepts the command of the README again once its lamp has been upgraded', async () => {
  for (let time = 0; time < 3; time++) {
    expect((await confirmed('lamp-online')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    await until(async () => (await phaseOf('lamp-online')) === 'SUCCEEDED');
  }
});

it('fills each explorer in with another lamp', async () => {
  const lamps = await Promise.all(
    ['/graphql', '/explorer', '/graphql', '/explorer'].map(async (path) => {
      const page = await fetch(new URL(path, demo.url), { headers: { accept: 'text/html' } });
      return /lamp-\d+/.exec(await page.text())?.[0];
    }),
  );
  expect(lamps).not.toContain(undefined);
  expect(new Set(lamps).size).toBe(4);
  for (const lamp of lamps) expect((await confirmed(String(lamp))).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
});

it('refuses for a lamp that is offline, and upgrades it to the end once it is brought back', async () => {
  expect(await confirmed('lamp-offline')).toMatchObject({
    __typename: 'DeviceOfflineError',
    nextStep: 'WAIT_FOR_DEVICE',
  });
  const id = `${PRODUCT}/lamp-offline`;
  expect(await control('PATCH', { devices: { [id]: true } })).toMatchObject({
    status: 200,
    body: { devices: { [id]: true } },
  });
  expect((await confirmed('lamp-offline')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
  await until(async () => (await phaseOf('lamp-offline')) === 'SUCCEEDED');
  expect(await control('DELETE')).toMatchObject({ status: 200, body: { devices: {} } });
  expect((await confirmed('lamp-offline')).__typename).toBe('DeviceOfflineError');
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;

(hasCurl ? it : it.skip)('prints what docs/clients.md shows of the switches', async () => {
  const blocks = blocksOf('docs/clients.md');
  const at = blocks.findIndex((block) => block.text.includes('/demo/trouble'));
  const command = blocks[at]?.text.replace('http://localhost:4000', new URL(demo.url).origin) ?? '';
  const { stdout } = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  expect(JSON.parse(await text(stdout))).toEqual(JSON.parse(blocks[at + 1]?.text ?? ''));
  await control('DELETE');
});

it.each([
  [{ rateLimit: true }, 'TokenApiRateLimitedError', 'RETRY'],
  [{ lostAnswer: true }, 'FirmwareUpgradeOutcomeUnknownError', 'CHECK_STATUS'],
  [{ tokenExpired: true }, 'TokenApiInvalidAccessTokenError', 'SIGN_IN'],
  [{ refusal: 'InvalidParameterValue.NoPermission' }, 'TokenApiNoPermissionError', 'GIVE_UP'],
])('plays %j as %s, %s, and takes it away again', async (trouble, type, nextStep) => {
  const lamp = `lamp-${type.length}00${nextStep.length}`;
  expect((await control('PATCH', trouble)).body).toMatchObject(trouble);
  expect((await control('PATCH', trouble)).body).toMatchObject(trouble);
  expect((await control('GET')).body).toMatchObject(trouble);
  expect(await confirmed(lamp)).toMatchObject({ __typename: type, nextStep });
  await control('DELETE');
  expect((await confirmed(`${lamp}1`)).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
});

it.each<[string, number, string, unknown, Record<string, string>?]>([
  ['no JSON', 400, 'PATCH', '{"slow":'],
  ['what is no switch', 400, 'PATCH', { fast: true }],
  ['what is no state', 400, 'PATCH', { slow: 'yes' }],
  ['a body that is too large', 413, 'PATCH', `{"slow":true${' '.repeat(5000)}}`],
  [
    'many devices',
    400,
    'PATCH',
    { devices: Object.fromEntries([...Array(21)].map((_, i) => [`${PRODUCT}/lamp-${i}`, true])) },
  ],
  ['a device that is not there', 404, 'PATCH', { devices: { [`${PRODUCT}/toaster`]: true } }],
  ['nobody', 401, 'GET', undefined, {}],
  ['another site’s page', 403, 'DELETE', undefined, { ...ALICE, origin: 'http://localhost:5173' }],
  ['another method', 405, 'POST', { slow: true }],
])('refuses %s with %i and changes nothing', async (_what, status, method, body, headers = ALICE) => {
  const before = await control('GET');
  expect((await control(method, body, headers)).status).toBe(status);
  expect(await control('GET')).toEqual(before);
});

describe('pages of the developer’s own machine', () => {
  const allowedAt = async (url: string, origin: string) => {
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    return preflight.headers.get('access-control-allow-origin');
  };

  it.each(['http://localhost:5173', 'http://localhost', 'http://127.0.0.1:8080'])('%s may call', async (origin) => {
    expect(await allowedAt(demo.url, origin)).toBe(origin);
  });

  it.each(['http://localhost.evil.example', 'https://app.example', 'http://localhost:5173.evil.example', 'null'])(
    '%s may not',
    async (origin) => expect(await allowedAt(demo.url, origin)).toBeNull(),
  );

  it('may not call the gateway itself', async () => {
    const pair = await startPair();
    expect(await allowedAt(pair.url, 'http://localhost:5173')).toBeNull();
    expect((await fetch(new URL('/demo/trouble', pair.url), { headers: ALICE })).status).toBe(404);
    await pair.close();
  });
});

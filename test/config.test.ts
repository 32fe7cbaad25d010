// The environment: defaults, what is refused, and every fault at once.

import { type ConfigError, configFrom, printedConfig } from '../src/config';

it('has a default for everything', () => {
  expect(configFrom({})).toMatchObject({
    PORT: 4000,
    HOST: '127.0.0.1',
    ADMIN_PORT: 4001,
    TOKENAPI_URL: new URL('https://iot.cloud.tencent.com/api/exploreropen/tokenapi'),
    TOKENAPI_TIMEOUT_MS: 10_000,
    CORS_ORIGINS: [],
    EXPLORER: 'off',
    INTROSPECTION: 'off',
    LOG_LEVEL: 'info',
    AUDIT: 'stdout',
  });
});

it('introspects by default where an explorer is on, whatever NODE_ENV says', () => {
  expect(configFrom({ EXPLORER: 'sandbox', NODE_ENV: 'production' }).INTROSPECTION).toBe('on');
  expect(configFrom({ EXPLORER: 'sandbox', INTROSPECTION: 'off' }).INTROSPECTION).toBe('off');
  expect(configFrom({ INTROSPECTION: 'on' }).INTROSPECTION).toBe('on');
  expect(configFrom({ NODE_ENV: 'development' }).EXPLORER).toBe('off');
});

it('takes an empty variable for an absent one', () => {
  expect(configFrom({ PORT: '' }).PORT).toBe(4000);
});

it.each<[string, string]>([
  ['PERSISTED_QUERIES', 'on'],
  ['TRUSTED_DOCUMENTS_ONLY', 'yes'],
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['ADMIN_PORT', '4000'],
  ['TOKENAPI_TIMEOUT_MS', '0'],
  ['TOKENAPI_TIMEOUT_MS', '1.5'],
  ['TOKENAPI_URL', 'tokenapi'],
  ['TOKENAPI_URL', 'http://example.com/tokenapi'],
  ['TOKENAPI_URL', 'http://127.0.0.1.example.com/'],
  ['TOKENAPI_URL', 'https://user:secret@example.com/'],
  ['CORS_ORIGINS', 'app.example.com'],
  ['CORS_ORIGINS', 'https://app.example.com/'],
  ['CORS_ORIGINS', '*'],
  ...[
    ...['https://*', 'https://*.com', 'https://*.*.example.com', 'https://**.example.com', 'https://app.*.com'],
    ...['https://app*.example.com', 'https://*app.example.com', 'https://*.example.com:*', '*.example.com'],
    ...['https://*.example.com/', 'https://*.example.com:443', 'https://*.Example.com', 'https://*.10.0.0.1'],
    ...['*://app.example.com', 'http*://app.example.com', 'capacitor://*', 'https://*.example..com'],
    ...['https://app.example.com:443', 'https://App.example.com', 'capacitor://localhost/', 'Capacitor://localhost'],
    ...['capacitor://', 'file://localhost', 'wss://app.example.com', 'https://user@app.example.com', 'Null'],
    ...['https://app.example.com https://shop.example.com', 'https://app.example.com,*'],
  ].map((value): [string, string] => ['CORS_ORIGINS', value]),
  ['CORS_HEADERS', '*'],
  ['CORS_HEADERS', 'x-*'],
  ['CORS_HEADERS', 'x-tenant: 1'],
  ['CORS_HEADERS', 'x-tenant, x tenant'],
  ['KEEP_ALIVE_MS', '0'],
  ['KEEP_ALIVE_MS', '999'],
  ['KEEP_ALIVE_MS', '7200001'],
  ['EXPLORER', 'on'],
  ['INTROSPECTION', 'true'],
  ['LOG_LEVEL', 'loud'],
  ['AUDIT', 'on'],
])('refuses %s=%s', (name, value) => {
  expect(() => configFrom({ [name]: value })).toThrow(new RegExp(`^${name}: expected `));
});

it('says which origins are expected, and what came', () => {
  const read = () => configFrom({ CORS_ORIGINS: 'https://app.example.com, https://*.*.example.com' });
  expect(read).toThrow(/^CORS_ORIGINS: expected origins .*, got "https:\/\/app\.example\.com, https:\/\/\*/);
});

it.each([
  'http://127.0.0.1:1/x',
  'http://localhost/x',
  'http://[::1]:8/x',
  'http://127.9.9.9/x',
  'https://a.example/x',
])('takes %s as an upstream', (TOKENAPI_URL) => {
  expect(configFrom({ TOKENAPI_URL }).TOKENAPI_URL.href).toBe(TOKENAPI_URL);
});

it.each(['ROUTER_SECRET', 'ROUTER_SECRET_PREVIOUS'])(
  'refuses a %s that no header can carry, and does not repeat it',
  (name) => {
    const good = 'a-secret-of-some-length';
    const bad = [
      'too-short',
      `${good}\n`,
      ` ${good}`,
      `${good} `,
      'a secret of some length',
      `${good}\u0000`,
      `${good}ü`,
    ];
    for (const value of [...bad, 'x'.repeat(4097)]) {
      const read = () => configFrom({ ROUTER_SECRET: good, [name]: value });
      expect(read).toThrow(new RegExp(`^${name}: expected 16 to 4096 visible ASCII characters`));
      expect(read).not.toThrow(value);
    }
    expect(configFrom({ ROUTER_SECRET: good, [name]: '!~_-'.repeat(4) })).toMatchObject({ [name]: '!~_-!~_-!~_-!~_-' });
  },
);

it('refuses a previous secret without a present one', () => {
  const previous = () => configFrom({ ROUTER_SECRET_PREVIOUS: 'a-secret-of-some-length' });
  expect(previous).toThrow(/^ROUTER_SECRET_PREVIOUS: expected ROUTER_SECRET/);
});

it.each([
  ['without ROUTER_SECRET', { OWNER_HEADER: 'x-user-id' }, /^OWNER_HEADER: expected ROUTER_SECRET/],
  [
    'that is none',
    { OWNER_HEADER: 'x user', ROUTER_SECRET: 'a-secret-of-some-length' },
    /^OWNER_HEADER: expected the name/,
  ],
  [
    'that means something',
    { OWNER_HEADER: 'Authorization', ROUTER_SECRET: 'a-secret-of-some-length' },
    /^OWNER_HEADER: expected a header/,
  ],
])('refuses an OWNER_HEADER %s', (_name, env, message) => {
  expect(() => configFrom(env)).toThrow(message);
});

it('listens for the admin where it listens for clients, unless another address is given', () => {
  expect(configFrom({ HOST: '0.0.0.0' }).ADMIN_HOST).toBe('0.0.0.0');
  expect(configFrom({ HOST: '0.0.0.0', ADMIN_HOST: '127.0.0.1' }).ADMIN_HOST).toBe('127.0.0.1');
});

it('names every fault at once, and repeats no URL', () => {
  const faults = () => configFrom({ PORT: 'x', TOKENAPI_URL: 'https://me:secret@h/', LOG_LEVEL: 'loud' });
  expect(faults).toThrow(/^PORT: .*\nTOKENAPI_URL: .*\nLOG_LEVEL: .*$/);
  expect(faults).not.toThrow(/secret/);
  expect(faults).toThrow(
    expect.objectContaining<Partial<ConfigError>>({ message: expect.stringContaining('got "loud"') }),
  );
});

it.each([
  ['18500', '0'],
  ['3500', '15000'],
])('takes a call of %s ms after a delay of %s ms', (TOKENAPI_TIMEOUT_MS, DRAIN_DELAY_MS) => {
  expect(configFrom({ TOKENAPI_TIMEOUT_MS, DRAIN_DELAY_MS })).toMatchObject({ DRAIN_DELAY_MS: Number(DRAIN_DELAY_MS) });
});

it.each([
  [{ TOKENAPI_TIMEOUT_MS: '18501', DRAIN_DELAY_MS: '0' }, '18501 and 0, which is 18501'],
  [{ TOKENAPI_TIMEOUT_MS: '13501' }, '13501 and 5000, which is 18501'],
  [{ DRAIN_DELAY_MS: '8501' }, '10000 and 8501, which is 18501'],
])('refuses what could not be answered before the process has to be gone: %j', (env, came) => {
  const expected = 'TOKENAPI_TIMEOUT_MS: expected at most 18500 together with DRAIN_DELAY_MS';
  expect(() => configFrom(env)).toThrow(`${expected}, got ${came}`);
});

it('refuses to trust documents alone without any, or beside an explorer or a router, which send others', () => {
  const only = { TRUSTED_DOCUMENTS_ONLY: 'on', TRUSTED_DOCUMENTS: 'manifest.json' };
  const secret = 'the-secret-of-this-test';
  expect(configFrom(only).TRUSTED_DOCUMENTS_ONLY).toBe('on');
  expect(() => configFrom({ ...only, TRUSTED_DOCUMENTS: '' })).toThrow(/^TRUSTED_DOCUMENTS_ONLY: .*TRUSTED_DOCUMENTS/);
  expect(() => configFrom({ ...only, EXPLORER: 'sandbox' })).toThrow(/^TRUSTED_DOCUMENTS_ONLY: .*explorer/);
  expect(() => configFrom({ ...only, ROUTER_SECRET: secret })).toThrow(/^TRUSTED_DOCUMENTS_ONLY: .*ROUTER_SECRET/);
  expect(configFrom({ ...only, TRUSTED_DOCUMENTS_ONLY: 'off', ROUTER_SECRET: secret })).toBeDefined();
});

it.each([
  ['redis://localhost', 0],
  ['redis://:p%40ss@redis_1:6379/15?family=6', 0],
  ['rediss://user:p@ss@[::1]:6380/\n', 0],
  ['redis+sentinel://one,two:26380/the-name', 1],
  ['rediss+sentinel://user:pass@one:1,[fe80::1]:2/name/3?sentinelUsername=s&sentinelPassword=p', 1],
  ['redis+cluster://one:7000,two:7000,three', 1],
  ['rediss+cluster://:pass@one/0', 1],
])('takes %s, and waits for so many replicas of it by itself: %i', (REDIS_URL, replicas) => {
  const config = configFrom({ REDIS_URL });
  expect(config.REDIS_REPLICAS_ACK).toBe(replicas);
  expect(configFrom({ REDIS_URL, REDIS_REPLICAS_ACK: '2' }).REDIS_REPLICAS_ACK).toBe(2);
  expect(printedConfig(config)).not.toMatch(/pass|ss@|%40|sentinelPassword/);
});

it.each([
  'http://hidden',
  'redis+cluster://hidden/1',
  'redis+cluster://',
  'redis+sentinel://hidden',
  'redis+sentinel://hidden/',
  'redis+sentinel://hidden/name/x',
  'redis://hidden,other',
  'redis://hidden/a',
  'redis://hidden/-1',
  'redis://hidden:0',
  'redis://hidden:65536',
  'redis://hidden?tls=true',
  'redis://hidden?sentinelPassword=x',
  'redis://user:%zz@hidden',
  'redis+other://hidden',
])('refuses REDIS_URL=%s, and does not repeat it', (REDIS_URL) => {
  const read = () => configFrom({ REDIS_URL });
  expect(read).toThrow(/^REDIS_URL: expected redis:\/\/host/);
  expect(read).not.toThrow(/hidden/);
});

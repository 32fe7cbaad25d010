// More than can be done: what is shed, what waits, and what an upstream that answers nobody is spared.

import type { Simulator } from '../../src/simulator/simulator';
import { confirm, type Pair, startPair } from '../pair';

const NOT_SENT = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NotSent', nextStep: 'RETRY' };

describe('with one call upstream at a time', () => {
  let pair: Pair;
  let release: () => void = () => undefined;
  beforeEach(async () => {
    pair = await startPair({ env: { MAX_UPSTREAM_CALLS: '1', TOKENAPI_TIMEOUT_MS: '1000' } });
    pair.simulator.override = (call, response) => {
      release = () => response.end(JSON.stringify({ Response: { RequestId: call.body.RequestId } }));
      return true;
    };
  });
  afterEach(() => pair.close());
  const received = async (count: number) => {
    while (pair.simulator.received.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it('lets one more wait, and refuses a third with 503 before anything of it is executed', async () => {
    const first = confirm(pair, 'lamp-1');
    await received(1);
    const second = confirm(pair, 'lamp-2');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const third = await pair.ask('{ __typename }');
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '1']);
    expect(third.body.errors[0].extensions.code).toBe('SERVICE_UNAVAILABLE');
    release();
    expect((await first).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    await received(2);
    release();
    expect((await second).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(pair.simulator.received).toHaveLength(2);
  });

  it('answers "not sent" to one that waited too long, and sends it no more', async () => {
    const first = confirm(pair, 'lamp-1');
    await received(1);
    const startedAt = performance.now();
    expect(await confirm(pair, 'lamp-2')).toMatchObject(NOT_SENT);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    release();
    await first;
    expect(pair.simulator.received).toHaveLength(1);
  });

  it('drops one whose client left while it waited', async () => {
    const first = confirm(pair, 'lamp-1');
    await received(1);
    const left = fetch(pair.url, {
      method: 'POST',
      signal: AbortSignal.timeout(50),
      headers: { 'content-type': 'application/json', authorization: 'Bearer demo-token-alice' },
      body: JSON.stringify({
        query: 'mutation { confirmFirmwareUpgrade(productId: "P", deviceName: "d") { __typename } }',
      }),
    });
    await expect(left).rejects.toThrow();
    // The gateway has to hear of it first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    await first;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pair.simulator.received).toHaveLength(1);
  });
});

describe('with an upstream that answers nobody', () => {
  it('opens the circuit, says "not sent" at once, probes once and closes again; refusals never open it', async () => {
    const pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '200' } });
    for (let i = 0; i < 40; i++) await confirm(pair, `error-InternalError`);
    pair.simulator.override = (_call, response) => Boolean(response.socket?.destroy());
    const silent = await Promise.all(Array.from({ length: 20 }, (_, i) => confirm(pair, `lamp-${i}`)));
    for (const answer of silent) expect(answer.__typename).toBe('FirmwareUpgradeOutcomeUnknownError');
    expect(pair.simulator.received).toHaveLength(60);

    const refused = await confirm(pair, 'lamp-100');
    expect(refused).toMatchObject(NOT_SENT);
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(3000);
    expect(pair.simulator.received).toHaveLength(60);

    pair.simulator.override = () => true;
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const [probe, other] = await Promise.all([confirm(pair, 'lamp-101'), confirm(pair, 'lamp-102')]);
    expect([probe.code, other.code].sort()).toEqual(['Gateway.NotSent', 'Gateway.OutcomeUnknown']);
    expect(pair.simulator.received).toHaveLength(61);

    pair.simulator.override = undefined;
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await confirm(pair, 'lamp-103')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect((await confirm(pair, 'lamp-104')).__typename).toBe('ConfirmFirmwareUpgradeSuccess');
    expect(pair.log.filter(({ msg }) => msg === 'circuit breaker').map(({ state }) => state)).toEqual([
      'open',
      'half-open',
      'open',
      'half-open',
      'closed',
    ]);
    await pair.close();
  });

  it('takes a status for a sign of life, even if the rest never comes', async () => {
    const pair = await startPair({ env: { TOKENAPI_TIMEOUT_MS: '2000' } });
    const silent: Simulator['override'] = (_call, response) => Boolean(response.socket?.destroy());
    const broken: Simulator['override'] = (_call, response) => {
      response.writeHead(200).write('{', () => response.destroy());
      return true;
    };
    let sent = 0;
    const confirms = async (count: number, override: Simulator['override']) => {
      pair.simulator.override = override;
      return Promise.all(Array.from({ length: count }, () => confirm(pair, `lamp-${sent++}`)));
    };
    const answers = [...(await confirms(19, silent)), ...(await confirms(1, broken)), ...(await confirms(20, silent))];
    for (const answer of answers) expect(answer.__typename).toBe('FirmwareUpgradeOutcomeUnknownError');
    expect(pair.simulator.received).toHaveLength(40);
    // The twentieth in a row was the last that was sent.
    expect(await confirms(1, silent)).toMatchObject([NOT_SENT]);
    expect(pair.simulator.received).toHaveLength(40);
    await pair.close();
  });
});

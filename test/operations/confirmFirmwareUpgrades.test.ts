// Several confirms in one mutation, as a list and as fields beside each other: what each is answered, what was sent, and when. Each
// of them by both lanes.

import { askAndLeave } from '../leavingClient';
import { ask, confirm, type Pair, type PairOptions, PRODUCT, prove, startPair, until } from '../pair';

const SUCCESS = 'ConfirmFirmwareUpgradeSuccess';
const RESULT = `{ __typename ... on ConfirmFirmwareUpgradeSuccess { requestId device { id } } ... on TokenApiError { code requestId nextStep } }`;
const BULK = `mutation ($ids: [ID!]!, $key: String) { confirmFirmwareUpgrades(ids: $ids, idempotencyKey: $key) ${RESULT} }`;
const one = (name: string, more = '') =>
  `confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "${name}"${more}) ${RESULT}`;
const several = (ids: readonly string[], more = '') =>
  `confirmFirmwareUpgrades(ids: ${JSON.stringify(ids)}${more}) ${RESULT}`;
const idOf = (name: string) => `${PRODUCT}/${name}`;
const lamps = (count: number, first = 1) => Array.from({ length: count }, (_, i) => `lamp-${first + i}`);
const key = (value: string) => `, idempotencyKey: "${value}"`;

describe.each(['on', 'off'])('with the fast lane %s', (FAST_LANE) => {
  let pair: Pair;
  const start = async ({ env, ...more }: PairOptions = {}) => {
    await pair?.close();
    pair = await startPair({ ...more, env: { FAST_LANE, ...env } });
    await prove(pair);
  };
  beforeEach(() => start());
  afterAll(() => pair.close());

  const sent = () => pair.simulator.received.map(({ body }) => body.DeviceName);
  const mutate = async (roots: string, variables?: Record<string, unknown>, definitions = '') => {
    const { status, body } = await pair.ask(`mutation M ${definitions} { ${roots} }`, variables);
    expect([status, body.errors]).toEqual([200, undefined]);
    return body.data;
  };
  const bulk = async (names: readonly string[], idempotencyKey?: string) => {
    const variables = { ids: names.map(idOf), ...(idempotencyKey && { key: idempotencyKey }) };
    return (await pair.ask(BULK, variables)).body.data.confirmFirmwareUpgrades;
  };
  const typesOf = (results: { __typename: string }[]) => results.map(({ __typename }) => __typename);
  /** Holds every answer back for so long. @returns the most that were under way at once */
  const slowly = (ms: number) => {
    const under = { way: 0, most: 0 };
    pair.simulator.override = ({ body: { RequestId } }, response) => {
      under.most = Math.max(under.most, ++under.way);
      setTimeout(() => {
        under.way--;
        response.end(JSON.stringify({ Response: { RequestId } }));
      }, ms);
      return true;
    };
    return under;
  };

  it('answers a list in its order, each by its own call or its own refusal', async () => {
    const names = ['lamp-3', 'lamp-offline', 'lamp-1', 'lamp-shared', 'lamp-2'];
    const results = await bulk(names);
    expect(typesOf(results)).toEqual([SUCCESS, 'DeviceOfflineError', SUCCESS, 'TokenApiNoPermissionError', SUCCESS]);
    const requestIds = new Map(pair.simulator.received.map(({ body }) => [body.DeviceName, body.RequestId]));
    expect(results.map(({ requestId }: { requestId: string }) => requestId)).toEqual(
      names.map((name) => requestIds.get(name)),
    );
    expect(sent()).toHaveLength(names.length);
    expect(results[0].device).toEqual({ id: idOf('lamp-3') });
  });

  it('sends 20 devices, five at once, in the order of the list', async () => {
    const under = slowly(40);
    const results = await bulk(lamps(20));
    expect(typesOf(results)).toEqual(Array(20).fill(SUCCESS));
    // Each is sent on a connection of its own, and these may overtake each other.
    expect(sent().slice(0, 5).sort()).toEqual(lamps(5));
    expect(sent().sort()).toEqual(lamps(20).sort());
    expect(under.most).toBe(5);
  });

  it('sends one at a time of a user whom the platform has not answered yet, and loses none', async () => {
    const under = slowly(10);
    pair.simulator.received.length = 0;
    const { body } = await pair.ask(BULK, { ids: lamps(20).map(idOf) }, { token: 'demo-token-carol' });
    expect(typesOf(body.data.confirmFirmwareUpgrades)).toEqual(Array(20).fill(SUCCESS));
    expect(sent().sort()).toEqual(lamps(20).sort());
    expect(under.most).toBeLessThanOrEqual(5);
  });

  it('answers an id that names no device at its place', async () => {
    const ids = [idOf('lamp-1'), 'lamp-2', `${PRODUCT}/a b`, `${PRODUCT}/lamp-2/x`, '', idOf('lamp-3')];
    const results = (await pair.ask(BULK, { ids })).body.data.confirmFirmwareUpgrades;
    const bad = { __typename: 'TokenApiInvalidParameterValueError', nextStep: 'FIX_REQUEST' };
    expect(results).toMatchObject([{ __typename: SUCCESS }, bad, bad, bad, bad, { __typename: SUCCESS }]);
    expect(sent().sort()).toEqual(['lamp-1', 'lamp-3']);
  });

  it('answers SIGN_IN at each place without a token', async () => {
    const { body } = await pair.ask(BULK, { ids: lamps(3).map(idOf) }, { token: null });
    const signIn = { __typename: 'TokenApiInvalidAccessTokenError', nextStep: 'SIGN_IN' };
    expect(body.data.confirmFirmwareUpgrades).toMatchObject([signIn, signIn, signIn]);
    expect(sent()).toEqual([]);
  });

  it('takes one id in place of a list, and an empty list', async () => {
    const single = await pair.ask(BULK, { ids: idOf('lamp-1') });
    expect(typesOf(single.body.data.confirmFirmwareUpgrades)).toEqual([SUCCESS]);
    expect(await bulk([])).toEqual([]);
    expect(sent()).toEqual(['lamp-1']);
  });

  it('sends fields beside each other one after another, in the order of the document', async () => {
    const under = slowly(20);
    const { body } = await pair.ask(
      `mutation { z: ${one('lamp-9')} __typename a: ${several(lamps(2).map(idOf))} ...F }
       fragment F on Mutation { b: ${one('lamp-5')} ... { c: ${one('lamp-4')} m: ${one('lamp-3')} } }`,
    );
    expect(Object.keys(body.data)).toEqual(['z', '__typename', 'a', 'b', 'c', 'm']);
    expect(sent().filter((name) => name !== 'lamp-2')).toEqual(['lamp-9', 'lamp-1', 'lamp-5', 'lamp-4', 'lamp-3']);
    expect(sent().slice(1, 3)).toContain('lamp-2');
    expect(under.most).toBe(2);
  });

  it('reads after each confirm what became of it', async () => {
    const upgrade =
      '... on ConfirmFirmwareUpgradeSuccess { device { firmwareUpgrade { ... on FirmwareUpgrade { phase } } } }';
    const root = (name: string) =>
      `confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "${name}") { ${upgrade} }`;
    const { body } = await pair.ask(`mutation { a: ${root('lamp-1')} b: ${root('lamp-2')} }`);
    expect(body.data.b.device.firmwareUpgrade.phase).toMatch(/^[A-Z_]+$/);
    expect(pair.simulator.received.map(({ action }) => action)).toEqual([
      'AppPublishFirmwareUpdateMessage',
      'AppDescribeFirmwareUpdateStatus',
      'AppPublishFirmwareUpdateMessage',
      'AppDescribeFirmwareUpdateStatus',
    ]);
  });

  it('sends a device that is named several times once, and answers each place the same', async () => {
    slowly(20);
    const data = await mutate(
      `a: ${one('lamp-1')} b: ${several([idOf('lamp-2'), idOf('lamp-1'), idOf('lamp-2')])} c: ${one('lamp-2')}`,
    );
    expect(sent()).toEqual(['lamp-1', 'lamp-2']);
    expect(data.b[1]).toEqual(data.a);
    expect([data.b[2], data.c]).toEqual([data.b[0], data.b[0]]);
    expect(data.b[0].device).toEqual({ id: idOf('lamp-2') });
  });

  it('does not send a device again whose first place was refused or not sent', async () => {
    const data = await mutate(`a: ${one('lamp-offline')} b: ${one('lamp-offline')}`);
    expect(data.b).toEqual(data.a);
    expect(sent()).toEqual(['lamp-offline']);
  });

  it('counts a key for each device by itself', async () => {
    const first = await bulk(lamps(3), 'k');
    expect(await bulk(['lamp-2', 'lamp-4', 'lamp-1'], 'k')).toMatchObject([
      first[1],
      { __typename: SUCCESS },
      first[0],
    ]);
    expect(await confirm(pair, 'lamp-3', { headers: { 'idempotency-key': 'k' } })).toMatchObject(first[2]);
    expect(sent().sort()).toEqual(['lamp-1', 'lamp-2', 'lamp-3', 'lamp-4']);
  });

  it('keeps the one answer under each key that the mutation names for the device', async () => {
    const data = await mutate(`a: ${one('lamp-1', key('a'))} b: ${several([idOf('lamp-1')], key('b'))}`);
    expect(data.b).toEqual([data.a]);
    for (const value of ['a', 'b']) expect((await mutate(`x: ${one('lamp-1', key(value))}`)).x).toEqual(data.a);
    expect(sent()).toEqual(['lamp-1']);
  });

  it('keeps no key for a device that was refused', async () => {
    await mutate(`a: ${one('lamp-offline', key('a'))} b: ${one('lamp-offline', key('b'))}`);
    await mutate(`x: ${one('lamp-offline', key('b'))}`);
    expect(sent()).toEqual(['lamp-offline', 'lamp-offline']);
  });

  describe('what is too much', () => {
    it.each<[name: string, roots: string, variables: Record<string, unknown>, definitions: string]>([
      ['21 ids', several(lamps(21).map(idOf)), {}, ''],
      [
        '21 ids in a variable',
        'confirmFirmwareUpgrades(ids: $ids) { __typename }',
        { ids: lamps(21).map(idOf) },
        '($ids: [ID!]!)',
      ],
      ['21 times the same id', several(Array(21).fill(idOf('lamp-1'))), {}, ''],
      [
        '21 devices over several fields',
        `a: ${one('lamp-50')} b: ${several(lamps(10).map(idOf))} c: ${several(lamps(10, 11).map(idOf))}`,
        {},
        '',
      ],
      ['21 devices in a fragment', `a: ${one('lamp-50')} ... { c: ${several(lamps(20).map(idOf))} }`, {}, ''],
      [
        '21 ids by a default',
        'a: confirmFirmwareUpgrades(ids: $ids) { __typename }',
        {},
        `($ids: [ID!]! = ${JSON.stringify(lamps(21).map(idOf))})`,
      ],
    ])('%s: refused, and nothing is sent', async (_name, roots, variables, definitions) => {
      for (let nth = 0; nth < 3; nth++) {
        const { status, body } = await pair.ask(`mutation M ${definitions} { ${roots} }`, variables);
        expect([status, body.data, body.errors[0].extensions.code]).toEqual([400, undefined, 'BAD_USER_INPUT']);
      }
      expect(sent()).toEqual([]);
    });

    it('six fields: refused, and nothing is sent', async () => {
      const { status, body } = await pair.ask(`mutation { ${lamps(6).map((name, i) => `a${i}: ${one(name)}`)} }`);
      expect([status, body.errors[0].extensions.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
      expect(sent()).toEqual([]);
    });

    it('is not what a directive leaves out, a device that is named twice, or what names none', async () => {
      const definitions = '($no: Boolean!, $yes: Boolean! = true, $ids: [ID!]!)';
      const roots = `a: ${one('lamp-1')}
        b: confirmFirmwareUpgrades(ids: $ids) @skip(if: $yes) { __typename }
        ... @include(if: $no) { c: ${several(lamps(20, 40).map(idOf))} }
        d: ${several([...lamps(15).map(idOf), ...Array(5).fill(idOf('lamp-1'))])}
        e: ${several([...lamps(5, 16).map(idOf), 'x', 'y/z/z'])}`;
      for (let nth = 0; nth < 2; nth++) {
        const data = await mutate(roots, { no: false, ids: lamps(100).map(idOf) }, definitions);
        expect(Object.keys(data)).toEqual(['a', 'd', 'e']);
      }
      expect(new Set(sent())).toEqual(new Set(lamps(20)));
      expect(sent()).toHaveLength(40);
      const { status } = await pair.ask(`mutation M ${definitions} { ${roots} }`, { no: true, ids: [] });
      expect(status).toBe(400);
      expect(sent()).toHaveLength(40);
    });
  });

  describe('the time of the operation', () => {
    const env = { OPERATION_TIMEOUT_MS: '1500', TOKENAPI_TIMEOUT_MS: '1000' };
    const notSent = { __typename: 'TokenApiUnavailableError', code: 'Gateway.NotSent', nextStep: 'RETRY' };

    it('is held: what it does not reach is not sent', async () => {
      await start({ env });
      slowly(450);
      const startedAt = performance.now();
      const results = await bulk(lamps(20));
      expect(performance.now() - startedAt).toBeLessThan(1500 + 250);
      const reached = sent();
      expect(reached.sort()).toEqual(lamps(reached.length).sort());
      expect(reached.length % 5).toBe(0);
      expect(results.slice(0, reached.length)).toMatchObject(Array(reached.length).fill({ __typename: SUCCESS }));
      expect(results.slice(reached.length)).toMatchObject(Array(20 - reached.length).fill(notSent));
      expect(reached.length).toBeGreaterThan(0);
      expect(reached.length).toBeLessThan(20);
    });

    it('ends a confirm that was sent late, as one whose outcome is unknown', async () => {
      await start({ env });
      pair.simulator.override = () => true;
      const startedAt = performance.now();
      const data = await mutate(
        lamps(4)
          .map((name, i) => `a${i}: ${one(name)}`)
          .join(' '),
      );
      expect(performance.now() - startedAt).toBeLessThan(1500 + 250);
      const unknown = { __typename: 'FirmwareUpgradeOutcomeUnknownError' };
      expect(data).toMatchObject({ a0: unknown, a1: unknown, a2: notSent, a3: notSent });
      expect(sent()).toEqual(['lamp-1', 'lamp-2']);
    });

    it('leaves a single confirm its whole time', async () => {
      await start({ env: { OPERATION_TIMEOUT_MS: '1000', TOKENAPI_TIMEOUT_MS: '2000' } });
      slowly(1300);
      expect((await confirm(pair, 'lamp-1')).__typename).toBe(SUCCESS);
    });
  });

  it('sends nothing more once the client has left', async () => {
    const held: (() => void)[] = [];
    pair.simulator.override = ({ body: { RequestId } }, response) => {
      held.push(() => response.end(JSON.stringify({ Response: { RequestId } })));
      return true;
    };
    const client = await askAndLeave(pair.url, `mutation { a: ${one('lamp-1')} b: ${one('lamp-2')} }`);
    await until(() => held.length === 1);
    await client.leave();
    for (const release of held) release();
    await until(() => pair.log.filter(({ msg }) => msg === 'confirm').length === 3);
    expect(sent()).toEqual(['lamp-1']);
  });

  it('sends nothing more once the gateway closes, and what was sent is answered', async () => {
    slowly(300);
    const answer = ask(pair.url, `mutation { a: ${one('lamp-1')} b: ${one('lamp-2')} }`);
    await until(() => sent().length === 1);
    const closing = pair.close();
    expect((await answer).body.data).toMatchObject({ a: { __typename: SUCCESS }, b: { code: 'Gateway.NotSent' } });
    await closing;
    expect(sent()).toEqual(['lamp-1']);
    await start();
  });

  it('keeps nobody else waiting: another user confirms while 40 of one user are under way', async () => {
    await start({ env: { MAX_UPSTREAM_CALLS: '8', CONFIRM_PLACES: '4' } });
    await prove(pair, 'demo-token-carol');
    const held: (() => void)[] = [];
    pair.simulator.override = ({ body: { RequestId, AccessToken } }, response) => {
      if (AccessToken === 'demo-token-carol') return false;
      held.push(() => response.end(JSON.stringify({ Response: { RequestId } })));
      return true;
    };
    const bulks = [bulk(lamps(20)), bulk(lamps(20, 21))];
    await until(() => held.length === 2);
    expect((await confirm(pair, 'lamp-99', { token: 'demo-token-carol' })).__typename).toBe(SUCCESS);
    expect(held).toHaveLength(2);
    pair.simulator.override = undefined;
    for (const release of held) release();
    expect(typesOf((await Promise.all(bulks)).flat())).toEqual(Array(40).fill(SUCCESS));
    expect(new Set(sent()).size).toBe(41);
  });
});

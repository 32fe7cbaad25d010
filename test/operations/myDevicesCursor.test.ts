// The cursor of Query.myDevices in the hands of somebody who makes it up: refused before anything is sent, or no more than a place in
// the lists that the platform gives to this very user.

import fc from 'fast-check';
import { type Pair, PRODUCT, startPair } from '../pair';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
  const devices = Array.from({ length: 3 }, (_, i) => ({ productId: PRODUCT, name: `lamp-${i}` }));
  const families = ['a', 'b'].map((id) => ({ id, name: id, role: 1 as const, devices }));
  pair.simulator.home = { families, shared: devices };
});
afterAll(() => pair.close());
beforeEach(() => {
  pair.simulator.received.length = 0;
});

const MY_DEVICES = `query ($first: Int! = 1, $after: String) { myDevices(first: $first, after: $after) {
  __typename ... on TokenApiError { code nextStep message } ... on MyDevicePage { nextCursor devices { device { id } familyId } }
} }`;
const pageOf = async (variables: Record<string, unknown>) =>
  (await pair.ask(MY_DEVICES, variables)).body.data.myDevices as Record<string, string>;

const refused = (message: string) => ({
  __typename: 'TokenApiInvalidParameterValueError',
  code: 'Gateway.InvalidArgument',
  nextStep: 'FIX_REQUEST',
  message,
});
const NO_CURSOR = refused('after is expected to be the nextCursor of an earlier page.');

const bytes = (...parts: (number | string)[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part, 'hex'))),
  ).toString('base64url');
const [FAMILIES, SHARED] = [1, 2];
const marks = (count: number) => Array.from({ length: count }, (_, i) => i.toString(16).padStart(8, '0')).join('');

it.each<[string, string]>([
  ['an empty text', ''],
  ['a blank', ' '],
  ['a text', 'hello'],
  ['what is no base64', '*'.repeat(40)],
  ['a number of a page', '2'],
  ['a family’s id', 'family-home'],
  ['JSON', Buffer.from('{"list":"families","familyId":"a"}').toString('base64url')],
  ['a prototype', '__proto__'],
  ['512 characters', 'A'.repeat(512)],
  ['513 characters', 'A'.repeat(513)],
  ['100,000 characters', 'A'.repeat(100_000)],
  ['a list that is none', bytes(3, '0000')],
  ['families of which none was begun', bytes(FAMILIES, '0000')],
  ['an offset into no family', bytes(FAMILIES, '0001')],
  ['more devices than a family has', bytes(FAMILIES, '03e8', marks(1))],
  ['half a family', bytes(FAMILIES, '0001', '00ff')],
  ['a family and a half', bytes(FAMILIES, '0001', marks(1), '00ff')],
  ['a family twice', bytes(FAMILIES, '0001', '0000000a', '0000000a')],
  ['more families than a user has', bytes(FAMILIES, '0001', marks(91))],
  ['an Offset that the platform refuses', bytes(SHARED, '01f5')],
  ['shared devices with a family', bytes(SHARED, '0001', marks(1))],
  ['padding', `${bytes(FAMILIES, '0001', marks(1), '')}=`],
  ['the other alphabet', bytes(FAMILIES, '0001', 'ffffffff').replaceAll('_', '/')],
  ['a line break', `${bytes(SHARED, '0001')}\n`],
])('refuses %s, and sends nothing', async (_name, after) => {
  expect(await pageOf({ after })).toEqual(NO_CURSOR);
  expect(pair.simulator.received).toEqual([]);
});

it.each([0, -1, 51, 2 ** 31 - 1, -(2 ** 31)])('refuses first: %i, and sends nothing', async (first) => {
  expect(await pageOf({ first })).toEqual(refused('first is expected to be 1 to 50.'));
  expect(pair.simulator.received).toEqual([]);
});

it('takes each of the cursors that it gives, and null: the control', async () => {
  const ids: string[] = [];
  let after: unknown = null;
  do {
    const { __typename, devices, nextCursor }: Record<string, unknown> = await pageOf({ after });
    expect(__typename).toBe('MyDevicePage');
    ids.push(...(devices as { device: { id: string } }[]).map(({ device }) => device.id));
    after = nextCursor;
  } while (after !== null);
  expect(ids).toHaveLength(9);
});

it('sends nothing of a cursor that is made up but an offset, and asks for no family that is not the user’s', async () => {
  const made = fc.record({
    list: fc.constantFrom(FAMILIES, SHARED),
    offset: fc.integer({ min: 0, max: 1010 }),
    begun: fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 5 }),
    rest: fc.uint8Array({ maxLength: 1 }),
  });
  for (const { list, offset, begun, rest } of fc.sample(made, 300)) {
    const hex = [offset.toString(16).padStart(4, '0'), ...begun.map((mark) => mark.toString(16).padStart(8, '0'))];
    pair.simulator.received.length = 0;
    const page = await pageOf({ after: bytes(list, ...hex, Buffer.from(rest).toString('hex')) });
    const asked = pair.simulator.received.map(({ body: { Action, RequestId, AccessToken, ...own } }) => own);
    expect(asked.length).toBeLessThanOrEqual(3);
    if (page.__typename !== 'MyDevicePage') expect([page, asked]).toEqual([NO_CURSOR, []]);
    for (const { Offset, Limit, RoomId = '', FamilyId = 'a' } of asked) {
      expect(Number(Offset)).toBeLessThanOrEqual(999);
      expect([Limit === 1 || Limit === 50, RoomId, ['a', 'b'].includes(String(FamilyId))]).toEqual([true, '', true]);
    }
  }
});

it('gives a user who has another’s cursor their own devices, from the first family on', async () => {
  const { nextCursor } = await pageOf({ first: 2 });
  const { home } = pair.simulator;
  pair.simulator.home = { families: [{ id: 'own', name: 'own', role: 1, devices: home.shared }], shared: [] };
  const page = (await pageOf({ first: 2, after: nextCursor })) as unknown as { devices: { familyId: string }[] };
  pair.simulator.home = home;
  expect(page.devices.map(({ familyId }) => familyId)).toEqual(['own', 'own']);
  expect(pair.simulator.received.at(-1)?.body).toMatchObject({ FamilyId: 'own', Offset: 0 });
});

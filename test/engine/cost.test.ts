// What an operation may cost: each limit at its edge, in both lanes.

import { isListType, isNonNullType, isObjectType } from 'graphql';
import { lists } from '../../src/engine/costTable';
import { DOCUMENT_BYTES_LIMIT } from '../../src/engine/limits';
import { createSchema } from '../../src/engine/schema';
import { PRODUCT } from '../pair';
import { ERROR, entitiesOf, idsOf, type Lanes, onDevices, onEntities, sameEntity, startLanes, times } from './lanes';

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes();
});
afterAll(() => lanes.close());

const EVERYTHING = `__typename id productId deviceName
  connectivity { __typename ... on DeviceConnectivity { state } ${ERROR} }
  firmware { __typename ... on DeviceFirmware { currentVersion targetVersion updateAvailable release { name notes md5 createdAt module } } ${ERROR} }
  firmwareUpgrade { __typename ... on FirmwareUpgrade { phase platformStatus percent fromVersion toVersion isFinal failureReason pollAfterMs } ${ERROR} }`;

describe('a document', () => {
  const padded = (bytes: number, padding: string) => {
    const left = bytes - '\n{ __typename }'.length;
    const size = Buffer.byteLength(padding);
    return `${padding.repeat(left / size)}\n${' '.repeat(left % size)}{ __typename }`;
  };

  it.each(['\n', '\r\n', '#\n', '#é\n', ',', '#\u2028'])(
    'of 16 KiB begun with %j is read, and one byte more is not',
    async (padding) => {
      expect((await lanes.answerTo(padded(DOCUMENT_BYTES_LIMIT, padding))).body).toEqual({
        data: { __typename: 'Query' },
      });
      expect(await lanes.refusalOf(padded(DOCUMENT_BYTES_LIMIT + 1, padding))).toEqual({
        message: 'The document has more than 16384 bytes.',
        extensions: { code: 'GRAPHQL_PARSE_FAILED' },
      });
    },
  );

  const inline = (count: number) => `{ ${'... { '.repeat(count)}__typename${' }'.repeat(count)} }`;
  const spreads = (count: number) =>
    `{ ...F1 } ${times(count, (i) => `fragment F${i + 1} on Query { ${i + 1 === count ? '__typename' : `...F${i + 2}`} }`)}`;
  it.each([
    ['inline fragments', inline(15), inline(16)],
    ['named fragments', spreads(15), spreads(16)],
    [
      'fields and fragments',
      onEntities(`${'... { '.repeat(13)}id${' }'.repeat(13)}`),
      onEntities(`${'... { '.repeat(14)}id${' }'.repeat(14)}`),
    ],
    ['fragments in introspection', `{ __schema ${inline(15)} }`, `{ __schema ${inline(16)} }`],
  ])('of %s nests 16 selection sets, and not 17', async (_name, taken, refused) => {
    expect(await lanes.answerTo(taken, entitiesOf([]))).toMatchObject({
      status: 200,
      body: { data: expect.anything() },
    });
    expect(await lanes.refusalOf(refused)).toEqual({
      message: 'The operation has 17 selection sets within each other; at most 16 are allowed.',
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });
});

describe('the cost of an operation', () => {
  const notes = (count: number) =>
    `firmware { ... on DeviceFirmware { release { ${times(count, (i) => `a${i}: notes`)} } } }`;
  const PAGE =
    'fragment P on MyDevicesResult { ... on MyDevicePage { devices { device { firmware { ... on DeviceFirmware { release { notes } } } } } } }';
  const tooCostly = (cost: number) => ({
    message: `The operation costs ${cost}; at most 20000 are allowed.`,
    extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE' },
  });

  it.each<[name: string, query: string, variables: Record<string, unknown>]>([
    ['a hundred devices with everything', onDevices(EVERYTHING), { ids: Array(100).fill(`${PRODUCT}/lamp-1`) }],
    [
      'a thousand entities with their connectivity',
      onEntities(`id productId deviceName connectivity { __typename ... on DeviceConnectivity { state } ${ERROR} }`),
      entitiesOf(idsOf(1000)),
    ],
    [
      'a fragment that is spread often',
      `${onDevices('...F '.repeat(300))} fragment F on Device { id deviceName }`,
      { ids: idsOf(100) },
    ],
    ['a list that its field refuses', onEntities(EVERYTHING), sameEntity(1001)],
  ])('leaves room for %s', async (_name, query, variables) => {
    expect((await lanes.answerTo(query, variables)).status).toBe(200);
  });

  it.each<[name: string, query: string, variables: Record<string, unknown>, cost: number]>([
    ['aliases of notes', onEntities(notes(15)), sameEntity(1000), 603_000],
    ['one device too many', onEntities(notes(1)), sameEntity(466), 20_038],
    [
      'aliases of a list',
      `query ($r: [_Any!]!) { ${times(10, (i) => `a${i}: _entities(representations: $r) { ... on Device { id deviceName } }`)} }`,
      sameEntity(1000),
      30_000,
    ],
    [
      'a default',
      `query ($r: [_Any!]! = [${times(466, () => '1')}]) { _entities(representations: $r) { ... on Device { ${notes(1)} } } }`,
      {},
      20_038,
    ],
    [
      'a list in the document',
      `{ _entities(representations: [${times(466, () => '1')}]) { ... on Device { ${notes(1)} } } }`,
      {},
      20_038,
    ],
    ['pages of devices', `{ ${times(10, (i) => `a${i}: myDevices { ...P }`)} } ${PAGE}`, {}, 22_500],
    [
      'pages of devices of a size that is a variable',
      `query ($n: Int! = 50) { ${times(10, (i) => `a${i}: myDevices(first: $n) { ...P }`)} } ${PAGE}`,
      { n: 49 },
      22_050,
    ],
    ['a fragment', `${onEntities('...F')} fragment F on Device { ... { ${notes(1)} } }`, sameEntity(466), 20_038],
    [
      'what a directive decides about',
      `${onEntities(notes(1)).replace('firmware', 'firmware @include(if: $x)').replace('($r', '($x: Boolean!, $r')}`,
      { ...sameEntity(466), x: false },
      20_038,
    ],
  ])('refuses %s', async (_name, query, variables, cost) => {
    expect(await lanes.refusalOf(query, variables)).toEqual(tooCostly(cost));
  });

  it('takes the most expensive type of a union, not all of them together', async () => {
    const types = [
      'InvalidParameterValue',
      'InvalidAccessToken',
      'NoPermission',
      'ResourceNotFound',
      'FailedOperation',
    ];
    const members = types.map((type) => `... on TokenApi${type}Error { code message requestId nextStep retryAfterMs }`);
    expect((await lanes.answerTo(onEntities(`firmware { ${members.join(' ')} }`), sameEntity(1000))).status).toBe(200);
  });
});

it('knows the size of every list of the schema before it is made', () => {
  const types = Object.values(createSchema().getTypeMap()).filter(isObjectType);
  const fields = types
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => ({ label: `${type.name}.${field.name}`, field })),
    );
  const found = fields.filter(({ field: { type } }) => isListType(isNonNullType(type) ? type.ofType : type));
  const known = Object.entries(lists).map(([label, { beneath = label }]) => beneath);
  expect(found.map(({ label }) => label).sort()).toEqual(known.sort());
});

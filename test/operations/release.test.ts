// DeviceFirmware.release: what is asked, what is read, and that it never stands in the way of the rest.

import { answerWith, type Pair, PRODUCT, startPair } from '../pair';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

const RELEASE = 'firmware { ... on DeviceFirmware { targetVersion release { name notes md5 createdAt module } } }';
const ask = async (name: string, fields = RELEASE) => {
  const text = `query ($p: String!, $d: String!) { device(productId: $p, deviceName: $d) { ${fields} } }`;
  return (await pair.ask(text, { p: PRODUCT, d: name })).body.data.device.firmware;
};

it('asks for a release only where it is selected, and once a product and version', async () => {
  await ask('lamp-1', 'firmware { ... on DeviceFirmware { targetVersion } }');
  expect(pair.simulator.received.map(({ action }) => action)).toEqual(['AppCheckFirmwareUpdate']);
  const ids = Array.from({ length: 12 }, (_, i) => `${PRODUCT}/lamp-${i + 1}`);
  const { body } = await pair.ask(`query ($ids: [ID!]!) { devices(ids: $ids) { ${RELEASE} } }`, { ids });
  for (const { firmware } of body.data.devices) expect(firmware).toEqual(body.data.devices[0].firmware);
  expect(body.data.devices[0].firmware.release.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const releases = pair.simulator.received.filter(({ action }) => action === 'AppDescribeFirmware');
  expect(releases.map((call) => call.body)).toEqual([
    expect.objectContaining({ ProductID: PRODUCT, FirmwareVersion: '1.1.0' }),
  ]);
});

it.each(['lamp-lost-notes', 'lamp-no-firmware'])('lets the release of %s stand in the way of nothing', async (name) => {
  const firmware = await ask(name, RELEASE);
  expect(firmware.release).toBeNull();
});

it.each([
  [{ Createtime: '1599628365' }, { createdAt: '2020-09-09T05:12:45.000Z' }],
  [
    { Createtime: 1599628365, FwType: 'mcu' },
    { createdAt: '2020-09-09T05:12:45.000Z', module: 'mcu' },
  ],
  [
    { Createtime: 'soon', Description: 'n' },
    { createdAt: null, notes: 'n' },
  ],
  [{ Createtime: 0, Name: '' }, null],
  [{}, null],
])('reads a release of %j', async (fields, release) => {
  answerWith(pair, (RequestId) => ({ body: { Response: { DstVersion: '2', ...fields, RequestId } } }));
  const read = (await ask('x', RELEASE)).release;
  if (release === null) expect(read).toBeNull();
  else expect(read).toMatchObject(release);
});

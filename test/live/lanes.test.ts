// Events are executed by a plan of their operation, or by graphql-js where FAST_LANE is off: both tell the same, to the byte.

import { followBy } from '../followers';
import { type Pair, PRODUCT, startPair, until } from '../pair';

let pairs: readonly Pair[];
beforeAll(async () => {
  pairs = await Promise.all([startPair({ env: { FAST_LANE: 'on' } }), startPair({ env: { FAST_LANE: 'off' } })]);
});
afterAll(() => Promise.all(pairs.map((pair) => pair.close())));

const UPGRADE = `firmwareUpgrade { __typename
  ... on FirmwareUpgrade { phase platformStatus percent fromVersion toVersion isFinal failureReason pollAfterMs }
  ... on TokenApiError { code message nextStep retryAfterMs } }`;

const documents: Record<string, (one: string, many: string) => string> = {
  'the upgrade alone': (one) => `subscription { firmwareUpgradeProgress${one} { device { id ${UPGRADE} } } }`,
  'names of its own': (one) =>
    `subscription S { progress: firmwareUpgradeProgress${one} { of: device { a: id b: id ${UPGRADE} } __typename } }`,
  fragments: (one) => `subscription { firmwareUpgradeProgress${one} { ...P } } fragment P on FirmwareUpgradeProgress
    { device { ...D ... on Device { deviceName } } } fragment D on Device { productId ${UPGRADE} }`,
  'a field that is read': (one) => `subscription { firmwareUpgradeProgress${one} { device { ${UPGRADE}
    firmware { __typename ... on DeviceFirmware { currentVersion release { __typename } } ... on TokenApiError { code } }
    connectivity { __typename ... on DeviceConnectivity { state } } } } }`,
  'a directive': (one) => `subscription { firmwareUpgradeProgress${one} { device { id @skip(if: true) ${UPGRADE} } } }`,
  'a list': (_one, many) => `subscription { firmwareUpgradesProgress${many} { device { id ${UPGRADE} } } }`,
};

/** What varies from one gateway to another. */
const comparable = (payload: string | undefined) =>
  payload?.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time');

it.each(Object.keys(documents))('%s', async (what) => {
  for (const name of ['lamp-done-before', 'lamp-offline-nobody-knows', 'error-ResourceNotFound', 'lamp-1']) {
    const one = `(productId: "${PRODUCT}", deviceName: "${name}")`;
    const query = documents[what]?.(one, `(ids: ["${PRODUCT}/${name}"])`) ?? '';
    const told = await Promise.all(
      pairs.map(async ({ url }) => {
        const follower = await followBy.sse(url, query);
        await until(() => follower.payloads().length > 0);
        follower.leave();
        return comparable(follower.payloads()[0]);
      }),
    );
    expect(told[0]).toMatch(/^\{"data":\{/);
    expect(told[1]).toBe(told[0]);
  }
});

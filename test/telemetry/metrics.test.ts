// /metrics: what is counted, and that no text from outside becomes a label.

import { answerWith, confirm, type Pair, PRODUCT, startPair } from '../pair';

let pair: Pair;
beforeEach(async () => {
  // Two presses of one moment are one only while the first is under way.
  pair = await startPair({ simulator: { latencyMs: 200 } });
});
afterEach(() => pair.close());

const figures = async () => (await fetch(`${pair.adminUrl}/metrics`)).text();
const figure = async (line: string) => {
  const found = (await figures()).split('\n').find((each) => each.startsWith(`firmware_gateway_${line} `));
  return found && Number(found.slice(found.lastIndexOf(' ')));
};

it('counts fields by the type of their answer, calls by their end and confirms by how they were answered', async () => {
  await Promise.all([confirm(pair, 'lamp-1'), confirm(pair, 'lamp-1')]);
  await confirm(pair, 'lamp-offline');
  await confirm(pair, 'lamp-2', { headers: { 'idempotency-key': 'k' } });
  await confirm(pair, 'lamp-2', { headers: { 'idempotency-key': 'k' } });
  await pair.ask(`{ device(productId: "${PRODUCT}", deviceName: "lamp-3") { connectivity { __typename } } }`);
  const action = 'action="AppPublishFirmwareUpdateMessage"';
  for (const [line, value] of [
    ['operations_total{field="confirmFirmwareUpgrade",result="ConfirmFirmwareUpgradeSuccess"}', 4],
    ['operations_total{field="confirmFirmwareUpgrade",result="DeviceOfflineError"}', 1],
    ['operations_total{field="Device.connectivity",result="DeviceConnectivity"}', 1],
    [`upstream_calls_total{${action},outcome="accepted"}`, 2],
    [`upstream_calls_total{${action},outcome="refused"}`, 1],
    ['refusals_total{code="FailedOperation.DeviceOffline"}', 1],
    ['confirms_total{outcome="ConfirmFirmwareUpgradeSuccess",by="shared"}', 1],
    ['confirms_total{outcome="ConfirmFirmwareUpgradeSuccess",by="replayed"}', 1],
    ['http_answers_total{status="200"}', 6],
    ['operation_seconds_count{field="confirmFirmwareUpgrade"}', 5],
    ['upstream_in_flight', 0],
    ['breaker_state{calls="reads"}', 0],
    ['breaker_state{calls="confirms"}', 0],
  ] as const)
    expect([line, await figure(line)]).toEqual([line, value]);
  expect(await figure('documents')).toBeGreaterThan(0);
  expect(await figures()).toContain('nodejs_eventloop_lag_seconds');
});

it('makes no label of a text that came from outside', async () => {
  answerWith(pair, (RequestId) => ({
    body: { Response: { Error: { Code: 'Zebra.Code', Message: 'zebra' }, RequestId } },
  }));
  await confirm(pair, 'zebra', { token: 'demo-token-zebra', headers: { 'x-request-id': 'zebra' } });
  await pair.ask('query Zebra { __typename }');
  expect((await figures()).toLowerCase()).not.toContain('zebra');
  expect(await figure('refusals_total{code="other"}')).toBe(1);
});

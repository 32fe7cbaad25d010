// What an answer of the platform proves: each row of the table in docs/errors.md, brought about at a running gateway.

import { confirm, type Pair, PRODUCT, startPair } from '../pair';
import { rowsUnder } from './pages';

const OFFLINE = 'FailedOperation.DeviceOffline';
const error = { Error: { Code: OFFLINE, Message: '' } };

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: object | string;
  isCut?: boolean;
}

/** Each row's answers, by how the row begins. */
const answers: Record<string, ((id: string) => Answer)[]> = {
  'It has no HTTP status': [
    () => ({ isCut: true }),
    (id) => ({ body: JSON.stringify({ Response: { RequestId: id } }).padEnd(65_537) }),
  ],
  '`content-encoding`': ['gzip', 'X-GZIP', 'br', 'zstd', 'deflate', 'compress', 'identity, gzip'].map(
    (encoding) => (id) => ({ headers: { 'content-encoding': encoding }, body: { Response: { RequestId: id } } }),
  ),
  '`Response` or `data` has': [
    (id) => ({ body: { RequestId: id, Response: { RequestId: 'x' } } }),
    (id) => ({ status: 404, body: { Response: { RequestId: id }, data: { RequestId: 'x' } } }),
  ],
  'Neither has one, and': [() => ({ body: { RequestId: 'x', Response: {} } })],
  'A RequestId that is not ours beside': [
    (id) => ({ body: { RequestId: 'x', ...error, Response: { RequestId: id } } }),
  ],
  'ours, and a code in': [
    (id) => ({ status: 500, body: { Response: { RequestId: id, ...error } } }),
    (id) => ({ body: { code: 0, data: { RequestId: id, ...error } } }),
    (id) => ({ body: { RequestId: id, ...error } }),
  ],
  'ours, `code` is not 0': [(id) => ({ body: { code: -1000, msg: OFFLINE, data: { RequestId: id } } })],
  'ours, and `code` is': [(id) => ({ body: { code: -1000, msg: 'no', data: { RequestId: id } } })],
  'HTTP 4xx': [(id) => ({ status: 404, body: { Response: { RequestId: id } } })],
  'Any other HTTP status': [
    (id) => ({ status: 408, body: { Response: { RequestId: id } } }),
    (id) => ({ status: 302, body: { Response: { RequestId: id } } }),
    (id) => ({ status: 503, body: { Response: { RequestId: id } } }),
  ],
  'Neither `Response`': [(id) => ({ body: { data: { RequestId: id } } }), () => ({ body: '<html>' })],
  'No RequestId': [() => ({ body: { RequestId: '', Response: { RequestId: '' } } })],
  'An `Error` without': [(id) => ({ body: { Response: { RequestId: id, Error: { Code: '' } } } })],
  'HTTP 2xx, ours': [
    (id) => ({ status: 201, body: { Response: { RequestId: id, CurrentVersion: '1' } } }),
    (id) => ({
      headers: { 'content-encoding': 'utf-8', 'content-type': 'text/plain' },
      body: `\ufeff${JSON.stringify({ code: 0, data: { RequestId: id, CurrentVersion: '1' }, RequestId: 'x' })}\0\r\n`,
    }),
  ],
};

/** What a cell of the table is in the schema: the type, and the code of an error. */
const meanings: Record<string, [type: string, code?: string]> = {
  unknown: ['FirmwareUpgradeOutcomeUnknownError', 'Gateway.OutcomeUnknown'],
  'no answer': ['TokenApiUnavailableError', 'Gateway.NoAnswer'],
  'the number as a code': ['TokenApiUnknownCodeError', '-1000'],
  '`HTTP_<status>`': ['TokenApiUnknownCodeError', 'HTTP_404'],
  accepted: ['ConfirmFirmwareUpgradeSuccess'],
  'the payload': ['DeviceFirmware'],
};
const meaningOf = (cell: string, kind: 'confirm' | 'read') =>
  meanings[cell] ?? [kind === 'confirm' ? 'DeviceOfflineError' : 'TokenApiFailedOperationError', OFFLINE];

const rows = rowsUnder('docs/errors.md', 'the answer');
const cases = rows.flatMap(([what = '', ofConfirm = '', ofRead = '']) => {
  const [, found = []] = Object.entries(answers).find(([beginning]) => what.startsWith(beginning)) ?? [];
  return found.map((answer) => [what, answer, ofConfirm, ofRead] as const);
});

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());

it('brings about every row', () => {
  expect(new Set(cases.map(([what]) => what)).size).toBe(rows.length);
});

it.each(cases)('%s', async (_what, answer, ofConfirm, ofRead) => {
  pair.simulator.received.length = 0;
  pair.simulator.override = ({ body: sent }, response) => {
    const { status = 200, headers, body = '', isCut } = answer(String(sent.RequestId));
    if (isCut) response.destroy();
    else response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    return true;
  };
  const confirmed = await confirm(pair, 'lamp-1');
  expect([confirmed.__typename, confirmed.code]).toEqual(pairOf(meaningOf(ofConfirm, 'confirm')));
  expect(pair.simulator.received).toHaveLength(1);
  const query = `{ device(productId: "${PRODUCT}", deviceName: "lamp-1") { firmware { __typename ... on TokenApiError { code } } } }`;
  const { firmware } = (await pair.ask(query)).body.data.device;
  expect([firmware.__typename, firmware.code]).toEqual(pairOf(meaningOf(ofRead, 'read')));
});

const pairOf = ([type, code]: [string, string?]) => [type, code];

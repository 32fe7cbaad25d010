// Complete answers that say nothing attributable: by their status alone, or by a body that is none of the two envelopes.

import { answerOf, documented, headOf, ofTheApps, refusedDocumented, refusedOfTheApps } from './exchange';
import { accepted, type Exchange, type Fault, faultOf, refusedByStatus, unknown } from './fault';

const HTML = '<!doctype html><title>nginx</title><h1>No</h1>';
const html = { 'Content-Type': 'text/html' };

const undecided = (status: number): Fault[] => [
  faultOf('undecided status', `HTTP ${status}, HTML`, unknown, ({ send }) =>
    send(answerOf(status, HTML, { ...html, 'Retry-After': '0' })),
  ),
  faultOf('undecided status', `HTTP ${status}, an acceptance of ours`, unknown, ({ send, requestId }) =>
    send(answerOf(status, documented(requestId))),
  ),
];

export const undecidedStatuses: readonly Fault[] = [408, 421, 425, 500, 502, 503, 504, 599].flatMap(undecided);

export const refusalsByStatus: readonly Fault[] = [400, 401, 403, 404, 405, 413, 415, 418, 422, 429, 451].flatMap(
  (status) => [
    faultOf('refused by status', `HTTP ${status}, empty`, refusedByStatus(status), ({ send }) =>
      send(answerOf(status, '')),
    ),
    faultOf(
      'refused by status',
      `HTTP ${status}, HTML that repeats the token`,
      refusedByStatus(status),
      ({ send, token }) => send(answerOf(status, HTML + token, { ...html, 'X-Token': token })),
    ),
  ],
);

const bodies: Readonly<Record<string, (exchange: Exchange) => string>> = {
  'an empty body': () => '',
  HTML: () => HTML,
  null: () => 'null',
  'an empty array': () => '[]',
  'an array that holds an acceptance': ({ requestId }) => `[${documented(requestId)}]`,
  'a string': () => '"accepted"',
  'a number': () => '0',
  'an empty object': () => '{}',
  'no envelope': ({ requestId }) => JSON.stringify({ RequestId: requestId }),
  'Response null': () => '{"Response":null}',
  'Response an array': ({ requestId }) => JSON.stringify({ Response: [{ RequestId: requestId }] }),
  'code 0 without data': () => '{"code":0,"msg":"ok"}',
  'data without a code': ({ requestId }) => JSON.stringify({ data: { RequestId: requestId } }),
  'text after the JSON': ({ requestId }) => `${documented(requestId)}}`,
  'a broken escape': ({ requestId }) => documented(requestId).replace('{"R', '{"\\x":1,"R'),
};

export const bareBodies: readonly Fault[] = [
  ...Object.entries(bodies).map(([name, bodyOf]) =>
    faultOf('no envelope', name, unknown, (exchange) => exchange.send(answerOf(200, bodyOf(exchange)))),
  ),
  faultOf('no envelope', 'HTTP 204', unknown, ({ send }) => send(headOf(204))),
  faultOf('no envelope', 'HTTP 205', unknown, ({ send }) => send(headOf(205, { 'Content-Length': '0' }))),
];

const OTHER = '00000000-0000-4000-8000-000000000000';

const whose = (name: string, bodyOf: (requestId: string) => string) =>
  faultOf('whose answer', name, unknown, ({ requestId, send }) => send(answerOf(200, bodyOf(requestId))));

export const othersAnswers: readonly Fault[] = [
  whose('success without RequestId, documented', () => '{"Response":{}}'),
  whose('success without RequestId, of the apps', () => '{"code":0,"msg":"","data":{}}'),
  whose("success with another's RequestId, documented", () => documented(OTHER)),
  whose("success with another's RequestId, of the apps", () => ofTheApps(OTHER)),
  whose('success with RequestId null', () => '{"Response":{"RequestId":null}}'),
  whose('success with a longer RequestId', (requestId) => documented(`${requestId} `)),
  whose('refusal without RequestId', () => '{"Response":{"Error":{"Code":"FailedOperation","Message":""}}}'),
  whose("refusal with another's RequestId, documented", () => refusedDocumented(OTHER, 'FailedOperation', '')),
  whose("refusal with another's RequestId, of the apps", () => refusedOfTheApps(OTHER, 'FailedOperation', '')),
  whose('RequestId twice, the last not ours', (id) => `{"Response":{"RequestId":"${id}","RequestId":"${OTHER}"}}`),
];

const taken = (name: string, bytesOf: (exchange: Exchange) => string, weight = 1) =>
  faultOf('good', name, accepted, (exchange) => exchange.send(bytesOf(exchange)), { weight });

export const acceptances: readonly Fault[] = [
  taken('accepted, documented', ({ requestId }) => answerOf(200, documented(requestId)), 12),
  taken('accepted, of the apps', ({ requestId }) => answerOf(200, ofTheApps(requestId)), 12),
  taken('accepted, code as a string', ({ requestId }) =>
    answerOf(200, JSON.stringify({ code: '0', msg: '', data: { RequestId: requestId } })),
  ),
  taken('accepted, HTTP 201', ({ requestId }) => answerOf(201, documented(requestId))),
  taken('accepted as text/plain', ({ requestId }) =>
    answerOf(200, documented(requestId), { 'Content-Type': 'text/plain' }),
  ),
  taken('accepted as text/html', ({ requestId }) => answerOf(200, documented(requestId), html)),
  taken('accepted without a type', ({ requestId }) => answerOf(200, documented(requestId), {})),
  taken('accepted by HTTP/1.0', ({ requestId }) =>
    answerOf(200, documented(requestId), { Connection: 'close' }).replace('HTTP/1.1', 'HTTP/1.0'),
  ),
  faultOf('good', 'accepted in small pieces', accepted, (exchange) => {
    const bytes = answerOf(200, documented(exchange.requestId));
    const more = (at: number) => {
      exchange.send(bytes.slice(at, at + 29));
      if (at + 29 < bytes.length) exchange.later(1, () => more(at + 29));
    };
    more(0);
  }),
  faultOf('good', 'accepted, until the end of the connection', accepted, ({ requestId, finish }) =>
    finish(headOf(200, { Connection: 'close' }) + documented(requestId)),
  ),
];

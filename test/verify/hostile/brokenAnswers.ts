// Answers that are cut short, are not HTTP, are too large, are encoded, or point elsewhere.

import { answerOf, chunkOf, documented, headOf, refusedDocumented } from './exchange';
import { accepted, type Exchange, type Fault, faultOf, unknown } from './fault';

const LIMIT_BYTES = 65_536;

const cut = (name: string, play: Fault['play']) => faultOf('cut short', name, unknown, play);

const chunked = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };

export const cutAnswers: readonly Fault[] = [
  cut('fewer bytes than Content-Length, then FIN', (exchange) =>
    exchange.finish(headOf(200, { 'Content-Length': '200' }) + documented(exchange.requestId)),
  ),
  cut('fewer bytes than Content-Length, then RST', (exchange) => {
    exchange.send(headOf(200, { 'Content-Length': '200' }) + documented(exchange.requestId));
    exchange.later(5, () => exchange.reset());
  }),
  cut('chunked without a last chunk', (exchange) =>
    exchange.finish(headOf(200, chunked) + chunkOf(documented(exchange.requestId))),
  ),
  cut('a chunk with a size that is none', (exchange) =>
    exchange.send(`${headOf(200, chunked)}zz\r\n${documented(exchange.requestId)}\r\n0\r\n\r\n`),
  ),
  cut('until the end of the connection, cut', (exchange) =>
    exchange.finish(headOf(200, { Connection: 'close' }) + documented(exchange.requestId).slice(0, -1)),
  ),
  cut('a Content-Length within the JSON', ({ requestId, finish }) =>
    finish(headOf(200, { 'Content-Length': '20', Connection: 'close' }) + documented(requestId)),
  ),
];

const alien = (name: string, bytesOf: (exchange: Exchange) => string | Buffer) =>
  faultOf('not HTTP', name, unknown, (exchange) => exchange.finish(bytesOf(exchange)));

const good = ({ requestId }: Exchange) => answerOf(200, documented(requestId));

export const alienAnswers: readonly Fault[] = [
  alien('noise', ({ random }) => Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)))),
  alien('the banner of another protocol', () => '220 mail.example.org ESMTP\r\n'),
  alien('frames of HTTP/2', () => Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])),
  alien('both Transfer-Encoding and Content-Length', ({ requestId }) => {
    const body = documented(requestId);
    return headOf(200, { ...chunked, 'Content-Length': String(body.length) }) + chunkOf(body) + chunkOf('');
  }),
  alien('two different Content-Lengths', ({ requestId }) => {
    const body = documented(requestId);
    return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nContent-Length: ${body.length - 1}\r\n\r\n${body}`;
  }),
  alien('more than 16 kB of headers', ({ requestId }) =>
    answerOf(200, documented(requestId), { 'X-Filler': 'x'.repeat(17_000) }),
  ),
  alien('a header with NUL', ({ requestId }) => answerOf(200, documented(requestId), { 'X-Odd': 'a\0b' })),
  alien('an unsolicited 100, then 200', (exchange) => headOf(100) + good(exchange)),
  alien('an unsolicited 101', (exchange) => headOf(101, { Upgrade: 'tls', Connection: 'Upgrade' }) + good(exchange)),
];

export const earlyAnswers: readonly Fault[] = [
  faultOf('good', '103 Early Hints, then 200', accepted, (exchange) => {
    exchange.send(headOf(103, { Link: '</style.css>; rel=preload' }));
    exchange.later(5, () => exchange.send(good(exchange)));
  }),
  faultOf('good', '103 and 200 in one piece', accepted, (exchange) => exchange.send(headOf(103) + good(exchange))),
  faultOf(
    'refusal',
    '103 Early Hints, then a refusal',
    { type: 'DeviceOfflineError', code: 'FailedOperation.DeviceOffline', nextStep: 'WAIT_FOR_DEVICE' },
    ({ requestId, send }) =>
      send(headOf(103) + answerOf(200, refusedDocumented(requestId, 'FailedOperation.DeviceOffline', 'offline'))),
  ),
];

const oversized = (name: string, play: Fault['play']) => faultOf('too large or encoded', name, unknown, play);

const padded = (requestId: string, bytes: number): string => {
  const bare = documented(requestId, { Filler: '' });
  return documented(requestId, { Filler: 'x'.repeat(bytes - bare.length) });
};

const encoded = (encoding: string, expected = unknown) =>
  faultOf('too large or encoded', `Content-Encoding: ${encoding}`, expected, ({ requestId, send }) =>
    send(answerOf(200, documented(requestId), { 'Content-Type': 'application/json', 'Content-Encoding': encoding })),
  );

export const oversizedAnswers: readonly Fault[] = [
  oversized('more than 64 KiB announced, nothing sent', ({ send }) =>
    send(headOf(200, { 'Content-Length': String(LIMIT_BYTES + 1) })),
  ),
  oversized('64 KiB and one byte', ({ requestId, send }) => send(answerOf(200, padded(requestId, LIMIT_BYTES + 1)))),
  oversized('more than 64 KiB in chunks', ({ requestId, send }) => {
    const body = padded(requestId, LIMIT_BYTES + 4096);
    send(headOf(200, chunked) + chunkOf(body.slice(0, 40_000)) + chunkOf(body.slice(40_000)) + chunkOf(''));
  }),
  oversized('chunks without end', (exchange) => {
    exchange.send(headOf(200, chunked));
    const more = () => {
      exchange.send(chunkOf(' '.repeat(8192)));
      exchange.later(5, more);
    };
    more();
  }),
  faultOf('too large or encoded', 'exactly 64 KiB', accepted, ({ requestId, send }) =>
    send(answerOf(200, padded(requestId, LIMIT_BYTES))),
  ),
  encoded('gzip'),
  encoded('br'),
  encoded('identity', accepted),
  encoded('utf-8', accepted),
];

export const redirects: readonly Fault[] = [300, 301, 302, 303, 304, 307, 308].map((status) =>
  faultOf('redirect', `HTTP ${status}`, unknown, ({ requestId, device, send }) =>
    send(
      status === 304
        ? headOf(304, { Location: `/moved/${device}` })
        : answerOf(status, documented(requestId), { Location: `/moved/${device}` }),
    ),
  ),
);

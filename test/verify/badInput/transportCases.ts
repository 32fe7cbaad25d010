// Requests whose HTTP is wrong: methods, types, encodings, doubled headers, bodies that are none.

import { gzipSync } from 'node:zlib';
import { type BadCase, type CaseFactory, JSON_TYPE } from './badCase';

const BODY_LIMIT_BYTES = 524_288;

export function transportCases({ request, confirm, authorization, headers, value }: CaseFactory): BadCase[] {
  const query = encodeURIComponent(
    'mutation { confirmFirmwareUpgrade(productId: "P", deviceName: "d") { __typename } }',
  );
  const typed = (type: string, body: string) =>
    request(
      'transport',
      `Content-Type ${type}`,
      { headers: [['Content-Type', type], authorization], body },
      {
        status: [415],
      },
    );
  const accepting = (accept: string) =>
    request('accept', `Accept ${accept}`, { headers: [...headers, ['Accept', accept]] }, { status: [406] });
  const encoded = (name: string, given: Parameters<typeof request>[2], status: number) =>
    request('encoding', name, given, { status: [status] });
  const typeWith = (type: string) => [['Content-Type', type] as const, authorization];
  const compressed = (encoding: string) => ({
    headers: [...headers, ['Content-Encoding', encoding] as const],
    body: gzipSync(confirm),
  });
  const body = (name: string, text: string | Buffer, status = 400) =>
    request('body', name, { body: text }, { status: [status] });
  const member = (name: string, change: object) => body(name, JSON.stringify({ ...JSON.parse(confirm), ...change }));

  return [
    request('transport', 'an array of ten', { body: `[${Array(10).fill(confirm).join()}]` }, { status: [400] }),
    request('transport', 'an array of one', { body: `[${confirm}]` }, { status: [400] }),
    request('transport', 'an empty array', { body: '[]' }, { status: [400] }),
    request(
      'transport',
      'GET with a mutation',
      { method: 'GET', path: `/graphql?query=${query}`, body: '' },
      { status: [405] },
    ),
    request(
      'transport',
      'GET with a query',
      { method: 'GET', path: '/graphql?query=%7B_service%7Bsdl%7D%7D', body: '' },
      { status: [405] },
    ),
    request('transport', 'GET with a body', { method: 'GET' }, { status: [405] }),
    ...['PUT', 'PATCH', 'DELETE'].map((method) => request('transport', method, { method }, { status: [405] })),
    request('transport', 'the mutation in the address', { path: `/graphql?query=${query}`, body: '' }),
    request('transport', 'another path', { path: '/' }, { status: [404] }),
    request('transport', 'a path beneath', { path: '/graphql/x' }, { status: [404] }),
    request('parser', 'a method nobody knows', { method: 'GRAPHQL' }, { status: [400] }),
    typed('application/x-www-form-urlencoded', `query=${query}`),
    typed(
      'multipart/form-data; boundary=x',
      `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${confirm}\r\n--x--`,
    ),
    typed('text/plain', confirm),
    typed('application/graphql', decodeURIComponent(query)),
    typed('application/jsonx', confirm),
    typed('text/json; application/json', confirm),
    request('transport', 'no Content-Type', { headers: [authorization] }, { status: [415] }),

    ...['text/html', 'image/*', 'application/json;q=0', 'application/xml, text/plain'].map(accepting),

    request(
      'authorization',
      'two different',
      { headers: [...headers, ['Authorization', 'Bearer other']] },
      { status: [400] },
    ),
    request('authorization', 'two alike', { headers: [...headers, authorization] }, { status: [400] }),
    request(
      'authorization',
      'two in other letters',
      { headers: [...headers, ['AUTHORIZATION', 'Bearer other']] },
      { status: [400] },
    ),

    encoded('charset utf-16', { headers: typeWith('application/json; charset=utf-16') }, 415),
    encoded('charset iso-8859-1', { headers: typeWith('application/json; charset=iso-8859-1') }, 415),
    encoded('charset utf-7', { headers: typeWith('application/json; charset="utf-7"') }, 415),
    encoded('bytes that are not UTF-8', { body: Buffer.from(confirm.replace('never', 'né'), 'latin1') }, 400),
    encoded('an overlong UTF-8 form', { body: spliced(confirm, Buffer.from([0xc0, 0xaf])) }, 400),
    encoded('a surrogate in UTF-8', { body: spliced(confirm, Buffer.from([0xed, 0xa0, 0x80])) }, 400),
    encoded('UTF-16', { body: Buffer.from(confirm, 'utf16le') }, 400),
    ...['gzip', 'deflate', 'br'].map((encoding) => encoded(`Content-Encoding ${encoding}`, compressed(encoding), 415)),

    body('too large', padded(confirm), 413),
    request(
      'body',
      'too large, in chunks',
      { headers: [...headers, ['Transfer-Encoding', 'chunked']], body: chunked(padded(confirm)) },
      { status: [413] },
    ),
    body('empty', ''),
    body('not JSON', `{"query": ${value}`),
    body('text after the JSON', `${confirm}x`),
    body('two byte order marks', `\ufeff\ufeff${confirm}`),
    body('null', 'null'),
    body('a number', '1'),
    body('a string', JSON.stringify(confirm)),
    body('100,000 brackets', '['.repeat(100_000)),
    body('an empty object', '{}'),
    member('query null', { query: null }),
    member('query a number', { query: 1 }),
    member('query an array', { query: [JSON.parse(confirm).query] }),
    member('query empty', { query: '' }),
    member('variables a string', { variables: JSON.stringify(JSON.parse(confirm).variables) }),
    member('variables an array', { variables: [value] }),
    member('extensions a string', { extensions: value }),
    member('extensions an array', { extensions: [value] }),
    member('operationName a number', { operationName: 1 }),
    member('operationName of nothing', { operationName: value }),
    body('a persisted query that is none', JSON.stringify({ extensions: { persistedQuery: null } })),
    request('body', 'JSON as form', { headers: [JSON_TYPE, authorization], body: `query=${query}` }, { status: [400] }),
  ];
}

const padded = (body: string): string => body.replace('{', `{"filler":"${'x'.repeat(BODY_LIMIT_BYTES)}",`);

const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** Puts bytes into the device's name. */
function spliced(body: string, bytes: Buffer): Buffer {
  const at = body.indexOf('never');
  return Buffer.concat([Buffer.from(body.slice(0, at)), bytes, Buffer.from(body.slice(at))]);
}

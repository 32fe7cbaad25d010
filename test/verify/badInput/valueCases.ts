// Well-formed confirms with names or tokens that cannot be right, and requests that Node's own parser refuses.

import { CONFIRM } from '../client';
import { PRODUCT } from '../run';
import { type BadCase, type CaseFactory, JSON_TYPE } from './badCase';

const badNames: Readonly<Record<string, string>> = {
  empty: '',
  blank: ' ',
  'with a space': 'a b',
  'with a space at the end': 'a ',
  'with a slash': 'a/b',
  'with a line break': 'a\nb',
  'with CR and LF': 'a\r\nX-Injected: 1',
  'with a tab': 'a\tb',
  'with NUL': 'a\0b',
  'with DEL': 'a\x7fb',
  'with C1 control': 'a\x85b',
  'with a no-break space': 'a\xa0b',
  'with a line separator': 'a\u2028b',
  'of 129 characters': 'x'.repeat(129),
  'of 100,000 characters': 'x'.repeat(100_000),
};

export function valueCases({ request, headers, confirm, value }: CaseFactory): BadCase[] {
  const names = Object.entries(badNames).flatMap(([name, bad]) =>
    (['productId', 'deviceName'] as const).map((argument) =>
      request(
        'values',
        `${argument} ${name}`,
        {
          body: JSON.stringify({
            query: CONFIRM,
            variables: { productId: PRODUCT, deviceName: 'never', [argument]: bad.replace('b', value) },
          }),
        },
        { expectedType: 'TokenApiInvalidParameterValueError' },
      ),
    ),
  );
  const tokens = Object.entries({
    'an empty Authorization': '',
    'Bearer alone': 'Bearer',
    'another scheme': `Basic ${value}`,
    'no scheme': value,
    'a space in it': `Bearer ${value} ${value}`,
    'a tab in it': `Bearer ${value}\t${value}`,
    'a letter that is not ASCII': `Bearer ${value}\xe9`,
    'a comma and another scheme': `Bearer ${value}, Basic ${value}`,
    'of 4,097 characters': `Bearer ${'x'.repeat(4097)}`,
  }).map(([name, authorization]) =>
    request(
      'token',
      name,
      { headers: [JSON_TYPE, ['Authorization', authorization]] },
      { expectedType: 'TokenApiInvalidAccessTokenError' },
    ),
  );
  return [
    ...names,
    ...tokens,
    request('token', 'none', { headers: [JSON_TYPE] }, { expectedType: 'TokenApiInvalidAccessTokenError' }),
    request(
      'parser',
      'a token over the header limit',
      { headers: [JSON_TYPE, ['Authorization', `Bearer ${'x'.repeat(20_000)}`]] },
      { status: [431] },
    ),
    request(
      'parser',
      'an address over the header limit',
      { path: `/graphql?${'x'.repeat(20_000)}`, headers, body: confirm },
      { status: [414, 431] },
    ),
  ];
}

export function parserCases({ raw, confirm, authorization: [, token], value }: CaseFactory): BadCase[] {
  const { length } = confirm;
  const usual = `Content-Type: application/json\r\nAuthorization: ${token}\r\nConnection: close\r\n`;
  const framed = `${usual}Content-Length: ${length}\r\n`;
  const refused = (name: string, head: string, body = confirm, halfClose = true) =>
    raw('parser', name, `${head}\r\n${body}`, { status: [400], halfClose });
  const post = (headers: string) => `POST /graphql HTTP/1.1\r\nHost: localhost\r\n${headers}`;
  const chunk = `${length.toString(16)}\r\n${confirm}\r\n0\r\n\r\n`;
  return [
    refused('CR within a value', post(`X-Odd: a\rb${value}\r\n${framed}`)),
    refused('LF within a value', post(`X-Odd: a\nb${value}\r\n${framed}`)),
    refused('NUL within a value', post(`X-Odd: a\0b${value}\r\n${framed}`)),
    refused('a folded line', post(`X-Odd: a\r\n b${value}\r\n${framed}`)),
    refused('a folded first line', post(` X-Odd: a\r\n${framed}`)),
    refused('a space before the colon', post(`X-Odd : a\r\n${framed}`)),
    refused('a line without a colon', post(`${value}\r\n${framed}`)),
    refused('Content-Length and Transfer-Encoding', post(`${framed}Transfer-Encoding: chunked\r\n`), chunk),
    refused('two Content-Lengths', post(`${framed}Content-Length: ${length - 1}\r\n`)),
    refused('a Content-Length below 0', post(`${usual}Content-Length: -1\r\n`)),
    refused('a Content-Length with a sign', post(`${usual}Content-Length: +${length}\r\n`)),
    refused(
      'a chunk size that is none',
      post(`${usual}Transfer-Encoding: chunked\r\n`),
      `zz\r\n${confirm}\r\n0\r\n\r\n`,
    ),
    refused('chunked twice', post(`${usual}Transfer-Encoding: chunked, identity\r\n`), chunk),
    refused('no Host', `POST /graphql HTTP/1.1\r\n${framed}`),
    raw('parser', 'no version', `POST /graphql\r\n\r\n${confirm}`, { halfClose: true }),
    refused('a version that is none', `POST /graphql HTTP/9.9\r\nHost: localhost\r\n${framed}`),
    refused('less body than announced', post(`${usual}Content-Length: ${length + 10}\r\n`)),
    raw('parser', 'the start of TLS', Buffer.from('16030100a5010000a10303', 'hex'), { status: [400], halfClose: true }),
    raw('parser', 'the start of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', { status: [400], halfClose: true }),
    raw('parser', 'noise', Buffer.from(`\x01\x02${value}\r\n\r\n`), { status: [400], halfClose: true }),
  ];
}

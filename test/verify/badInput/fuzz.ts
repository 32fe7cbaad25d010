// Requests that nobody thought of. Each has at least one flaw for which it must not be executed; the rest is chance.

import fc from 'fast-check';
import { CONFIRM } from '../client';
import { bytesOf, type RawRequest } from '../rawHttp';
import { PRODUCT, type Run } from '../run';
import { type BadCase, JSON_TYPE } from './badCase';

const TOKEN = /^Bearer +[\x21-\x7e]{1,4096}$/i;

/** Bad requests of any kind, as many at once as one sample holds. */
export function badRequestsFor(run: Run, atOnce: number): fc.Arbitrary<BadCase[]> {
  const authorization = ['Authorization', `Bearer ${run.canary.token(1)}`] as const;
  const usual = [JSON_TYPE, authorization];
  const { value } = run.canary;
  const bad = (name: string, request: RawRequest): BadCase => ({
    row: 'body',
    name: `fuzzed ${name}`,
    bytes: bytesOf({ headers: usual, ...request }),
  });
  const confirmOf = (productId: unknown, deviceName: unknown) =>
    JSON.stringify({ query: CONFIRM, variables: { productId, deviceName } });
  const confirm = confirmOf(PRODUCT, 'never');

  const text = fc.string({ unit: 'binary', maxLength: 200 });
  const json = fc.jsonValue({ noUnicodeString: false });
  const badName = fc.oneof(
    fc
      .tuple(text, fc.constantFrom(' ', '/', '\n', '\0', '\t', '\x7f', '\u2003'), text)
      .map(([a, b, c]) => a + b + value + c),
    fc.integer({ min: 129, max: 2000 }).map((length) => 'x'.repeat(length)),
    fc.constant(''),
    fc.jsonValue().filter((given) => typeof given !== 'string'),
  );
  const badAuthorization = fc
    .string({
      unit: fc
        .integer({ min: 0x20, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code)),
      maxLength: 80,
    })
    .chain((rest) => fc.constantFrom(rest, `Bearer ${rest}`, `Bearer ${rest} ${rest}`))
    .filter((given) => !TOKEN.test(given.trim()));
  const token = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz/+.-;=*,"0123456789 '),
    maxLength: 60,
  });

  const kinds: fc.Arbitrary<BadCase>[] = [
    fc.uint8Array({ maxLength: 400 }).map((bytes) => bad('bytes', { body: Buffer.from(bytes) })),
    json.map((given) => bad('JSON', { body: JSON.stringify(given) })),
    fc
      .record(
        { query: fc.oneof(text, json), variables: json, operationName: json, extensions: json },
        { requiredKeys: [] },
      )
      .map((given) => bad('members', { body: JSON.stringify(given) })),
    badName.map((name) => bad('productId', { body: confirmOf(name, 'never') })),
    badName.map((name) => bad('deviceName', { body: confirmOf(PRODUCT, name) })),
    badAuthorization.map((given) =>
      bad('Authorization', { headers: [JSON_TYPE, ['Authorization', given]], body: confirm }),
    ),
    token
      .filter((type) => !/^\s*application\/json\s*(;|$)/.test(type))
      .map((type) => bad('Content-Type', { headers: [['Content-Type', type], authorization], body: confirm })),
    fc
      .constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'TRACE', 'PROPFIND')
      .map((method) => bad('method', { method, body: confirm })),
    mutated().map((query) => ({
      ...bad('document', {
        headers: [JSON_TYPE],
        body: JSON.stringify({ query, variables: { productId: PRODUCT, deviceName: 'never' } }),
      }),
      mayBeRight: true,
    })),
    selections().map((query) => bad('selections', { body: JSON.stringify({ query }) })),
    fc
      .uint8Array({ maxLength: 400 })
      .map((bytes) => ({ row: 'parser', name: 'fuzzed socket', bytes: Buffer.from(bytes), halfClose: true })),
  ];
  return fc.array(fc.oneof(...kinds), { minLength: atOnce, maxLength: atOnce });
}

/** The right document with something put in, taken out or replaced. It may still be right, so it is sent without a token. */
function mutated(): fc.Arbitrary<string> {
  const change = fc.tuple(
    fc.nat(CONFIRM.length),
    fc.nat(20),
    fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('{', '}', '...', '@', '$', '"""', '#')),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), CONFIRM),
    );
}

/** Documents that are GraphQL, and ask for too much or for what is not there. */
function selections(): fc.Arbitrary<string> {
  const root = `confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "never")`;
  const { selection } = fc.letrec<{ selection: string }>((tie) => ({
    selection: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom('__typename', 'id', 'name', 'a: __typename', '...F', 'nothing(x: 1)'),
      fc.array(tie('selection'), { minLength: 1, maxLength: 4 }).map((inner) => `none { ${inner.join(' ')} }`),
      fc.array(tie('selection'), { minLength: 1, maxLength: 4 }).map((inner) => `... { ${inner.join(' ')} }`),
    ),
  }));
  return fc.oneof(
    fc
      .array(selection, { minLength: 1, maxLength: 5 })
      .map((inner) => `mutation { ${root} { none ${inner.join(' ')} } }`),
    fc
      .integer({ min: 6, max: 40 })
      .map(
        (count) => `mutation { ${Array.from({ length: count }, (_, i) => `r${i}: ${root} { __typename }`).join(' ')} }`,
      ),
    selection.map((inner) => `mutation { ${root} { __typename } ... on Mutation { also { ${inner} } } }`),
  );
}

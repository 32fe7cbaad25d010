// Requests whose GraphQL is wrong: too much of it, unknown names, values that do not fit.

import { PRODUCT } from '../run';
import type { BadCase, CaseFactory } from './badCase';

const ROOT = `confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "never") { __typename }`;

export function documentCases({ document, request, value }: CaseFactory): BadCase[] {
  const aliased = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: ${ROOT}`).join(' ');
  const listOf = (count: number) =>
    `confirmFirmwareUpgrades(ids: ${JSON.stringify(Array.from({ length: count }, (_, i) => `${PRODUCT}/never-${i}`))}) { __typename }`;
  const many = (name: string, query: string) => document('many at once', name, query);
  const large = (name: string, query: string) => document('document', name, query);
  const named = (name: string, query: string) => document('names', name, query);
  const device = `device(productId: "${PRODUCT}", deviceName: "never")`;
  const confirmWith = (args: string) => `mutation { confirmFirmwareUpgrade(${args}) { __typename } }`;
  const literal = (name: string, text: string) =>
    document('types', `${name} written for a String!`, confirmWith(`productId: ${text}, deviceName: "never"`));
  const variable = (name: string, given: unknown) =>
    document(
      'types',
      `${name} sent for a String!`,
      'mutation ($p: String!) { confirmFirmwareUpgrade(productId: $p, deviceName: "never") { __typename } }',
      { p: given },
    );

  return [
    many('500 aliases', `mutation { ${aliased(500)} }`),
    many('six roots under aliases', `mutation { ${aliased(6)} }`),
    many('six roots that merge into one', `mutation { ${`${ROOT} `.repeat(6)} }`),
    many('a sixth root in an inline fragment', `mutation { ${aliased(5)} ... on Mutation { b: ${ROOT} } }`),
    many('roots in a named fragment', `mutation { ...F } fragment F on Mutation { ${aliased(6)} }`),
    many('one fragment spread twice', `mutation { ...F ...F } fragment F on Mutation { ${aliased(3)} }`),
    many(
      'fragments in fragments',
      `mutation { ...F } fragment F on Mutation { ${aliased(5)} ...G } fragment G on Mutation { g: ${ROOT} }`,
    ),
    many('a sixth root that is skipped', `mutation { ${aliased(5)} b: ${ROOT} @skip(if: true) }`),
    many('five roots and two __typename', `mutation { ${aliased(5)} __typename t: __typename }`),
    many('21 devices in one list', `mutation { ${listOf(21)} }`),
    many('21 devices over two fields', `mutation { ${ROOT} ${listOf(20)} }`),
    many('two operations', `mutation A { ${ROOT} } mutation B { ${ROOT} }`),
    many('eleven roots in a query', `{ ${Array.from({ length: 11 }, (_, i) => `d${i}: ${device} { id }`).join(' ')} }`),
    many(
      'sixteen aliases',
      `mutation { ${ROOT.replace('__typename', Array.from({ length: 16 }, (_, i) => `t${i}: __typename`).join(' '))} }`,
    ),

    large('1,000 directives', `mutation { ${ROOT} ${'@skip(if: false)'.repeat(1000)} }`),
    large('six directives', `mutation { ${ROOT.replace('__typename', '__typename @skip(if: false) '.repeat(6))} }`),
    large('directives on the operation', `mutation ${'@a'.repeat(6)} { ${ROOT} }`),
    large('5,000 fields', `mutation { ${ROOT.replace('__typename', '__typename '.repeat(5000))} }`),
    large('2,001 tokens', `mutation { ${ROOT.replace('__typename', '__typename '.repeat(1992))} }`),
    large(
      'nine levels',
      `mutation { ${ROOT.replace('__typename', `... on ConfirmFirmwareUpgradeSuccess ${'{ device '.repeat(8)}{ id }${' }'.repeat(8)}`)} }`,
    ),
    large('400 levels', `{ ${'device { '.repeat(400)} id ${'}'.repeat(400)} }`),
    large('5,000 brackets', `mutation { ${'{'.repeat(5000)}`),
    large(
      'circular fragments',
      `mutation { ${ROOT} ...F } fragment F on Mutation { ...G } fragment G on Mutation { ...F }`,
    ),
    large('a fragment of itself', `mutation { ...F } fragment F on Mutation { ${ROOT} ...F }`),
    large('a syntax error', `mutation { ${ROOT} "${value}" }`),
    large('a string that does not end', `mutation { confirmFirmwareUpgrade(productId: "${value}`),
    large('nothing but a comment', '# nothing'),
    large('nothing but a fragment', `fragment F on Mutation { ${ROOT} }`),
    large('a schema definition', `type Query { a: Int } mutation { ${ROOT} }`),
    large('a subscription', `subscription { ${ROOT} }`),
    large('an unused fragment', `mutation { ${ROOT} } fragment F on Mutation { ${ROOT} }`),

    named(
      'an unknown field',
      `mutation { confirmFirmwareUpgrad(productId: "${value}", deviceName: "never") { __typename } }`,
    ),
    named(
      'an unknown field of the answer',
      `mutation { ${ROOT.replace('__typename', '... on TokenApiError { mesage }')} }`,
    ),
    named('an unknown argument', confirmWith(`productId: "${PRODUCT}", deviceName: "never", deviceNam: "${value}"`)),
    named('an unknown type', `mutation ($p: Strin) { ${ROOT} }`),
    named(
      'an unknown type in a condition',
      `mutation { ${ROOT.replace('__typename', '... on TokenApiErro { code }')} }`,
    ),
    named('an unknown directive', `mutation { ${ROOT} @skp(if: "${value}") }`),
    named('an unknown variable', confirmWith(`productId: $productI, deviceName: "never"`)),
    named('an enum value for a Boolean', `mutation { ${ROOT} @skip(if: ${value}) }`),
    named('a missing argument', confirmWith(`productId: "${value}"`)),
    named('no selection', `mutation { confirmFirmwareUpgrade(productId: "${PRODUCT}", deviceName: "${value}") }`),

    literal('a number', '12'),
    literal('an enum value', value),
    literal('an object', `{ ${value}: "${value}" }`),
    literal('a list', `["${value}"]`),
    literal('null', 'null'),
    variable('a number', 12),
    variable('true', true),
    variable('an object', { [value]: value }),
    variable('a list', [value]),
    variable('null', null),
    document(
      'types',
      'nothing sent for a String!',
      'mutation ($p: String!) { confirmFirmwareUpgrade(productId: $p, deviceName: "never") { __typename } }',
    ),
    request(
      'types',
      'an Int variable for a String!',
      {
        body: JSON.stringify({
          query: `mutation ($p: Int) { confirmFirmwareUpgrade(productId: $p, deviceName: "${value}") { __typename } }`,
        }),
      },
      { status: [400] },
    ),
  ];
}

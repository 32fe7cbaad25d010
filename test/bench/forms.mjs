// How a document is sent: with what a server needs and no more, and as Apollo Client 4 sends it. A test in test/clients holds the
// second equal to what that client really sends.

import { Kind, parse, print, visit } from 'graphql';

/** They stand in a body for the document and for the variables, which are another device's each time. */
const [QUERY, VARIABLES] = ['<query>', '<variables>'];

export const forms = {
  bare: (query) => ({
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    document: query,
    body: { query: QUERY, variables: VARIABLES },
  }),
  apolloClient: (query) => ({
    headers: {
      accept: 'application/graphql-response+json,application/json;q=0.9',
      'content-type': 'application/json',
      'accept-language': '*',
      'sec-fetch-mode': 'cors',
      'user-agent': 'node',
      'accept-encoding': 'gzip, deflate',
    },
    document: withTypenames(query),
    body: {
      operationName: parse(query).definitions[0].name.value,
      variables: VARIABLES,
      extensions: { clientLibrary: { name: '@apollo/client', version: '4.3.8' } },
      query: QUERY,
    },
  }),
};

/** It asks for the type of every object but the root's, and prints the document anew. */
function withTypenames(query) {
  const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
  const leave = (set, _key, parent) =>
    parent.kind === Kind.OPERATION_DEFINITION || set.selections.some(({ name }) => name?.value === '__typename')
      ? undefined
      : { ...set, selections: [...set.selections, typename] };
  return print(visit(parse(query), { SelectionSet: { leave } }));
}

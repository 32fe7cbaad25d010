// The twelve checks that graphql-cop makes by default, written anew: what is asked, and what would be a finding.
// See https://github.com/dolevf/graphql-cop.

import { request } from 'undici';

interface CopAnswer {
  text: string;
  /** As far as it is looked at; a batch is answered by an array. */
  json:
    | { data?: { __typename?: string; __schema?: { types?: unknown }; alias100?: unknown }; errors?: unknown[] }
    | undefined;
}

export interface CopCheck {
  readonly name: string;
  /** True if the server at this URL has the weakness. */
  finds(url: string): Promise<boolean>;
}

const TYPENAME = 'query cop { __typename }';

const post = (url: string, query: string) => ask(url, { query, operationName: 'cop' });

export const copChecks: readonly CopCheck[] = [
  {
    name: 'field suggestions',
    finds: async (url) => {
      const { text } = await post(url, 'query cop { __schema { directive } }');
      return text.includes('Did you mean');
    },
  },
  {
    name: 'introspection',
    finds: async (url) => {
      const { json } = await post(url, 'query cop { __schema { types { name fields { name } } } }');
      return Boolean(json?.data?.__schema?.types);
    },
  },
  {
    name: 'GraphQL IDE',
    finds: async (url) => {
      const { text } = await send(url, 'GET', { accept: 'text/html' });
      return /graphiql|graphql[ -]playground/i.test(text);
    },
  },
  {
    name: 'queries by GET',
    finds: async (url) => isExecuted(await send(`${url}?query=${encodeURIComponent(TYPENAME)}`, 'GET')),
  },
  {
    name: 'more than 100 aliases',
    finds: async (url) => {
      const aliases = Array.from({ length: 101 }, (_, i) => `alias${i}: __typename`).join(' ');
      const { json } = await post(url, `query cop { ${aliases} }`);
      return Boolean(json?.data?.alias100);
    },
  },
  {
    name: 'batches of ten in an array',
    finds: async (url) => {
      const { json } = await ask(url, Array(10).fill({ query: TYPENAME }));
      return Array.isArray(json) && json.length >= 10;
    },
  },
  {
    name: 'tracing',
    finds: async (url) => {
      const answers = await Promise.all([post(url, TYPENAME), post(url, 'query cop { abc }')]);
      return answers.some(({ text }) => /"tracing"/i.test(text));
    },
  },
  {
    name: 'repeated directives',
    finds: async (url) => {
      const { json } = await post(url, `query cop { __typename ${'@aa'.repeat(10)} }`);
      return json?.errors?.length === 10;
    },
  },
  {
    name: 'circles through introspection',
    finds: async (url) => {
      const circle = `${'fields { type { '.repeat(4)}name${' } }'.repeat(4)}`;
      const { json } = await post(url, `query cop { __schema { types { ${circle} } } }`);
      return Boolean(json?.data?.__schema?.types);
    },
  },
  {
    name: 'mutations by GET',
    finds: async (url) =>
      isExecuted(await send(`${url}?query=${encodeURIComponent('mutation cop { __typename }')}`, 'GET')),
  },
  {
    name: 'urlencoded POST',
    finds: async (url) =>
      isExecuted(
        await send(
          url,
          'POST',
          { 'content-type': 'application/x-www-form-urlencoded' },
          `query=${encodeURIComponent(TYPENAME)}`,
        ),
      ),
  },
  {
    name: 'unhandled errors',
    finds: async (url) => {
      const { text } = await post(url, 'qwerty cop { abc }');
      return /"exception"|"stacktrace"/i.test(text);
    },
  },
];

const isExecuted = ({ json }: CopAnswer): boolean => Boolean(json?.data?.__typename);

const ask = (url: string, body: unknown) =>
  send(url, 'POST', { 'content-type': 'application/json' }, JSON.stringify(body));

async function send(url: string, method: 'GET' | 'POST', headers = {}, body?: string): Promise<CopAnswer> {
  const response = await request(url, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.body.text();
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text, json: undefined };
  }
}

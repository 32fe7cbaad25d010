// What a person finds at the gateway's own address, and at one where nothing is: what this is, and where its doors are. Says nothing
// that is not the same for everybody.

import type { IncomingMessage } from 'node:http';
import type { Headers } from './cors';
import { targetOf } from './target';

export interface Door {
  readonly type: string;
  readonly body: string;
  readonly headers: Headers;
}

/** Whether a person reads the answer: programs that ask for GraphQL accept no HTML. */
export const isBrowsing = ({ method, headers: { accept = '' } }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') && accept.includes('text/html');

/** People follow links that have something after a question mark; a program that writes that expects what is not here. */
export function isAtDoor(request: IncomingMessage): boolean {
  const { path, search } = targetOf(request);
  return path === '/' && (search === '' || isBrowsing(request));
}

const WHAT = 'firmware-gateway: a GraphQL API by which users confirm firmware upgrades of their devices.';
const DOORS = 'GraphQL is at /graphql, by POST. Health is at /livez and /readyz.';
const EXPLORER = 'An explorer for a browser is at /explorer.';

const HEADERS: Headers = {
  'content-security-policy': `default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  vary: 'Accept, Origin',
};

/** Neither holds anything of the request, so that nothing of it can become a part of a page. */
export function createDoor(hasExplorer: boolean): (request: IncomingMessage, isThere: boolean) => Door {
  const lines = [WHAT, DOORS, ...(hasExplorer ? [EXPLORER] : [])];
  const [there, missing] = [lines, ['Nothing is here.', ...lines]].map((shown) => ({
    text: { type: 'text/plain; charset=utf-8', body: `${shown.join(' ')}\n`, headers: HEADERS },
    page: { type: 'text/html; charset=utf-8', body: pageFrom(shown), headers: HEADERS },
  })) as [Forms, Forms];
  return (request, isThere) => (isThere ? there : missing)[isBrowsing(request) ? 'page' : 'text'];
}

type Forms = Readonly<Record<'text' | 'page', Door>>;

const pageFrom = (lines: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>firmware-gateway</title>
</head>
<body>
<main>
${lines.map((line) => `<p>${line.replace('/explorer', '<a href="/explorer">/explorer</a>')}</p>`).join('\n')}
</main>
</body>
</html>
`;

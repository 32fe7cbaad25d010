// What a request is for. Proxies send the whole URL where clients send the path alone, and both name the same.

import type { IncomingMessage } from 'node:http';

export interface Target {
  readonly path: string;
  /** What comes after the question mark. */
  readonly search: string;
}

const ORIGIN = /^https?:\/\/[^/?#]*/i;

export function targetOf({ url = '' }: Pick<IncomingMessage, 'url'>): Target {
  const local = url.startsWith('/') ? url : url.replace(ORIGIN, '');
  const mark = local.indexOf('?');
  return mark === -1 ? { path: local, search: '' } : { path: local.slice(0, mark), search: local.slice(mark + 1) };
}

/** As most servers have it, a slash at its end changes nothing. */
export const isGraphQL = (path: string): boolean => path === '/graphql' || path === '/graphql/';

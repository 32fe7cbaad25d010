// What balancers and platforms ask to know whether this process is to get requests. None of it needs a secret, and all of it says
// nothing but that.

import type { IncomingMessage } from 'node:http';
import type { Lifecycle } from './lifecycle';

export interface Health {
  readonly status: 200 | 503;
  readonly body: string;
}

/** Asks, and may ask: HEAD is GET without the answer's body, which Node leaves out by itself. */
export const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

/** The path of a request target: a proxy may send the whole URL, and whoever asks may add a query. */
export const pathOf = (url = ''): string => /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? '';

/** @returns undefined at other paths than `/livez` and `/readyz` */
export function healthAt(path: string, lifecycle: Lifecycle): Health | undefined {
  if (path === '/livez' || (path === '/readyz' && lifecycle.isReady())) return { status: 200, body: 'ok\n' };
  return path === '/readyz' ? { status: 503, body: 'not ready\n' } : undefined;
}

/** As Apollo's documentation writes it; it may have a name and spaces. */
const HEALTH_QUERY = /^\s*(?:query(?:\s+\w+)?\s*)?\{\s*__typename\s*\}\s*$/;
const HEALTH_TARGET_CHARACTERS = 1024;

/**
 * Whether it is the one query that is answered to a GET, whose answer is known without executing it: a page of another origin learns
 * and changes nothing by it, so no header is expected that would make a browser ask first.
 *
 * @see https://www.apollographql.com/docs/apollo-server/monitoring/health-checks
 */
export function isHealthQuery(request: IncomingMessage): boolean {
  const { url = '' } = request;
  if (!isRead(request) || url.length > HEALTH_TARGET_CHARACTERS) return false;
  const queries = new URLSearchParams(url.slice(url.indexOf('?') + 1)).getAll('query');
  return queries.length === 1 && HEALTH_QUERY.test(queries[0] ?? '');
}

export const HEALTH_QUERY_ANSWER = '{"data":{"__typename":"Query"}}\n';

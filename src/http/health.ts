// What balancers and platforms ask to know whether this process is to get requests. None of it needs a secret, and all of it says
// nothing but that.

import type { IncomingMessage } from 'node:http';
import { isHealthCheck } from '../engine/healthCheck';
import type { Lifecycle } from './lifecycle';

export interface Health {
  readonly status: 200 | 503;
  readonly body: string;
}

/** Asks, and may ask: HEAD is GET without the answer's body, which Node leaves out by itself. */
export const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

/** @returns undefined at other paths than `/livez` and `/readyz` */
export function healthAt(path: string, lifecycle: Lifecycle): Health | undefined {
  if (path === '/livez' || (path === '/readyz' && lifecycle.isReady())) return { status: 200, body: 'ok\n' };
  return path === '/readyz' ? { status: 503, body: 'not ready\n' } : undefined;
}

const HEALTH_SEARCH_CHARACTERS = 1024;

/**
 * Whether what comes after the question mark is the one query whose answer is known without executing it: a page of another origin learns
 * and changes nothing by it, so no header is expected that would make a browser ask first.
 */
export function isHealthQuery(search: string): boolean {
  if (search.length > HEALTH_SEARCH_CHARACTERS) return false;
  const parameters = new URLSearchParams(search);
  const [query = '', ...others] = parameters.getAll('query');
  // An extension asks for more, such as that the text's hash is compared.
  const isPlain = others.length === 0 && ['', '{}'].includes(parameters.get('extensions') ?? '');
  return isPlain && isHealthCheck(query);
}

export const HEALTH_QUERY_ANSWER = '{"data":{"__typename":"Query"}}\n';

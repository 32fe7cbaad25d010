// A page as it goes to a browser, and the policy that holds its scripts.

import { randomBytes } from 'node:crypto';
import type { Page } from '../http/page';

/** @param policy the Content-Security-Policy, one directive an item */
export function htmlPage(body: string, policy: readonly string[]): Page {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [...ALWAYS, ...policy].join('; '),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
  return { status: 200, body, headers };
}

const ALWAYS = [`default-src 'none'`, `form-action 'none'`, `frame-ancestors 'none'`];

/** Marks the scripts and styles of one page as ours. */
export const createNonce = (): string => randomBytes(16).toString('base64');

/** JSON that cannot end the script it stands in. */
export const scriptSafe = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

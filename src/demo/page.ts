// The page at `/`: built from examples/react and checked in, so that the demo needs nothing that is not here. Everything is in it, and
// its policy lets nothing else in.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import Negotiator from 'negotiator';

const FILE = join(__dirname, 'page.html');

const hashesOf = (html: string, element: string): string =>
  [...html.matchAll(new RegExp(`<${element}[^>]*>([^]*?)</${element}>`, 'g'))]
    .map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    .join(' ');

const policyOf = (html: string): string =>
  [
    `default-src 'none'`,
    `script-src ${hashesOf(html, 'script')}`,
    `style-src ${hashesOf(html, 'style')}`,
    'img-src data:',
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');

export function createPage(): (request: IncomingMessage, response: ServerResponse) => void {
  let read: { html: string; policy: string } | undefined;

  /** Read by the first who opens it: no start waits for it. */
  const page = () => {
    if (read) return read;
    const html = readFileSync(FILE, 'utf8');
    read = { html, policy: policyOf(html) };
    return read;
  };

  return (request, response) => {
    const { html, policy } = page();
    // Every kind of Chinese: the page has one.
    const isChinese = new Negotiator(request).language(['en', 'zh']) === 'zh';
    const body = Buffer.from(isChinese ? html.replace('<html lang="en">', '<html lang="zh-CN">') : html);
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'content-security-policy': policy,
      'cache-control': 'no-store',
      vary: 'Accept, Accept-Language',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    response.end(body);
  };
}

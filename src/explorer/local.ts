// The pages under /explorer: Altair, every file of it from the installed package. Loaded late.

import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { Page } from '../http/page';
import { createNonce, htmlPage, scriptSafe } from './page';
import type { SampleRequest } from './sample';

// Only found, not loaded: its own code would stop everything for a third of a second, and do what `altairPage` does.
const FOLDER = join(dirname(require.resolve('altair-static')), 'dist');
const { version } = require('altair-static/package.json') as { version: string };

/** Not every file's name has a hash of its content in it. The version does for all: what is under it never changes. */
const ASSETS = `/explorer/${version}/`;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** The only names that are served: nothing that a browser sends becomes a path. */
const files = new Set(
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    // The frame runs scripts that a user writes before a request: it would need unsafe-eval.
    .filter((name) => extname(name) in TYPES && !name.startsWith('iframe-sandbox/')),
);

/** What is at this path; undefined if nothing. */
export async function localPage(path: string, sample: () => SampleRequest): Promise<Page | undefined> {
  if (path === '/explorer') return altairPage(sample());
  if (path === '/explorer/') return { status: 308, body: '', headers: { location: '../explorer' } };
  const name = path.startsWith(ASSETS) ? path.slice(ASSETS.length) : '';
  return files.has(name) ? assetPage(name) : undefined;
}

async function assetPage(name: string): Promise<Page> {
  const headers = {
    'content-type': TYPES[extname(name)] as string,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    // A worker does not inherit the page's policy.
    'content-security-policy': `default-src 'none'; script-src 'self'`,
  };
  return { status: 200, body: await readFile(join(FOLDER, name)), headers };
}

function altairPage({ document, variables, headers }: SampleRequest): Page {
  const nonce = createNonce();
  const options = {
    initialName: 'Confirm',
    initialQuery: document,
    initialVariables: JSON.stringify(variables, null, 2),
    initialHeaders: headers,
    // Over WebSocket, the token would have to be entered a second time.
    initialSubscriptionRequestHandlerId: 'graphql-sse',
    initialSettings: { 'banners.disable': true, disablePushNotification: true },
    disableAccount: true,
  };
  const html = readFileSync(join(FOLDER, 'index.html'), 'utf8')
    // Relative to the page, for a proxy may have put a prefix before it.
    .replace(
      /<base[^>]*>/,
      () => `<base href="${ASSETS.slice(1)}"><script nonce="${nonce}">${stylesFrom(nonce)}</script>`,
    )
    .replace('<style>', `<style nonce="${nonce}">`)
    .replace('</body>', () => `<script type="module" nonce="${nonce}">${initFrom(options)}</script></body>`);
  return htmlPage(html, [
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `font-src 'self'`,
    `img-src 'self' data:`,
    `worker-src 'self'`,
    `connect-src 'self'`,
    `base-uri 'self'`,
  ]);
}

const initFrom = (options: { initialSettings: object }): string => `
const options = ${scriptSafe(options)};
options.initialSettings.language = navigator.language.startsWith('zh') ? 'zh-CN' : 'en-US';
options.endpointURL = new URL('../../graphql', document.baseURI).href;
options.subscriptionsEndpoint = options.endpointURL;
AltairGraphQL.init(options);`;

/**
 * Altair takes a nonce, but of the libraries in it some make style elements without one. So every style element that a
 * script makes is given it, and 'unsafe-inline' is not needed; one that comes as text, in an answer, gets none.
 */
const stylesFrom = (nonce: string): string => `
const create = document.createElement;
document.createElement = function (...args) {
  const element = create.apply(this, args);
  if (element.localName === 'style') element.setAttribute('nonce', '${nonce}');
  return element;
};`;

// Which browsers' pages may call: exactly the origins that were configured.

import type { IncomingMessage } from 'node:http';

/** Asked for by the hosted Sandbox, which calls from the user's browser. */
export const HOSTED_SANDBOX_ORIGIN = 'https://studio.apollographql.com';

const ALLOWED_METHODS = 'POST';
const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key, x-request-id, traceparent, tracestate';
const EXPOSED_HEADERS = 'x-request-id, retry-after';
const PREFLIGHT_SECONDS = '7200';

export type Headers = Record<string, string>;

export interface Cors {
  /** Whether a page of this origin may open a connection, which no preflight asks about; and so may whoever is no page. */
  admits(request: IncomingMessage): boolean;
  /** Headers of every answer to this request, if there are any. */
  headersFor(request: IncomingMessage): Headers | undefined;
  /** Headers of the answer to a preflight, if there are any. */
  preflightHeadersFor(request: IncomingMessage): Headers | undefined;
}

export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  const none: Headers | undefined = allowed.size > 0 ? { vary: 'Origin' } : undefined;

  function headersFor({ headers: { origin } }: IncomingMessage): Headers | undefined {
    if (origin === undefined || !allowed.has(origin)) return none;
    return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED_HEADERS };
  }

  return {
    admits({ headers: { origin, host } }) {
      if (origin === undefined || allowed.has(origin)) return true;
      // The gateway's own pages, and those beside it behind one proxy, need no CORS.
      return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
    },
    headersFor,
    preflightHeadersFor(request) {
      const headers = headersFor(request);
      if (headers === none) return none;
      return {
        ...headers,
        'access-control-allow-methods': ALLOWED_METHODS,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': PREFLIGHT_SECONDS,
        ...(request.headers['access-control-request-private-network'] === 'true' && {
          'access-control-allow-private-network': 'true',
        }),
      };
    },
  };
}

// Which browsers' pages may call: those of the origins that were configured.

import type { IncomingMessage } from 'node:http';
import { originCheck } from './origins';

/** Asked for by the hosted Sandbox, which calls from the user's browser. */
export const HOSTED_SANDBOX_ORIGIN = 'https://studio.apollographql.com';

const ALLOWED_METHODS = 'POST';
const EXPOSED_HEADERS = 'x-request-id, retry-after';
const PREFLIGHT_SECONDS = '7200';

/** What ordinary clients send beside the headers that need no leave. Those without a meaning here are ignored. */
const ALLOWED_HEADERS = [
  // A long one, or one with quotation marks, as for a stream over multipart, needs leave.
  ...['accept', 'accept-language', 'content-language'],
  ...['authorization', 'content-type', 'idempotency-key', 'x-request-id', 'x-correlation-id'],
  // GraphQL clients say what they are, and by a header of their own that a page elsewhere did not make the request.
  ...['apollographql-client-name', 'apollographql-client-version', 'apollo-require-preflight'],
  ...['x-apollo-operation-name', 'x-apollo-operation-id', 'x-apollo-operation-type'],
  ...['graphql-client-name', 'graphql-client-version', 'x-graphql-client-name', 'x-graphql-client-version'],
  ...['graphql-require-preflight', 'graphql-preflight', 'x-graphql-yoga-csrf', 'x-csrf-token', 'x-requested-with'],
  // Clients of Server-Sent Events.
  ...['cache-control', 'pragma', 'last-event-id'],
  // What observes a page adds its traces: W3C, Sentry, Zipkin, Datadog, New Relic, Elastic, Azure, AWS, Google, Jaeger, Instana, Dynatrace.
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace'],
  ...['b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'],
  ...['x-datadog-trace-id', 'x-datadog-parent-id', 'x-datadog-origin', 'x-datadog-sampling-priority', 'x-datadog-tags'],
  ...['newrelic', 'elastic-apm-traceparent', 'request-id', 'request-context', 'x-amzn-trace-id'],
  ...['x-cloud-trace-context', 'uber-trace-id', 'x-instana-t', 'x-instana-s', 'x-instana-l', 'x-dtpc'],
];

/** What may be configured beside them: names of headers. A wildcard within a name would match nothing. */
export const isHeaderName = (text: string): boolean => /^[\w!#$%&'+.^`|~-]{1,256}$/.test(text);

export type Headers = Record<string, string>;

export interface Cors {
  /** Whether a page of this origin may open a connection, which no preflight asks about; and so may whoever is no page. */
  admits(request: IncomingMessage): boolean;
  /** Headers of every answer to this request, if there are any. */
  headersFor(request: IncomingMessage): Headers | undefined;
  /** Headers of the answer to a preflight, if there are any. */
  preflightHeadersFor(request: IncomingMessage): Headers | undefined;
}

/** @param moreHeaders that a page may send · @param isAllowedToo beside the origins that are named */
export function createCors(
  origins: readonly string[],
  moreHeaders: readonly string[] = [],
  isAllowedToo?: (origin: string) => boolean,
): Cors {
  const isNamed = originCheck(origins);
  const isAllowed = (origin: string) => isNamed(origin) || isAllowedToo?.(origin) === true;
  const none: Headers | undefined = origins.length > 0 || isAllowedToo ? { vary: 'Origin' } : undefined;
  const allowedHeaders = [...new Set([...ALLOWED_HEADERS, ...moreHeaders])].join(', ');

  function headersFor({ headers: { origin } }: IncomingMessage): Headers | undefined {
    if (origin === undefined || !isAllowed(origin)) return none;
    return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED_HEADERS };
  }

  return {
    admits({ headers: { origin, host } }) {
      if (origin === undefined || isAllowed(origin)) return true;
      // The gateway's own pages, and those beside it behind one proxy, need no CORS. An app's host is not a host of the web.
      return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
    },
    headersFor,
    preflightHeadersFor(request) {
      const headers = headersFor(request);
      if (headers === none) return none;
      return {
        ...headers,
        'access-control-allow-methods': ALLOWED_METHODS,
        'access-control-allow-headers': allowedHeaders,
        'access-control-max-age': PREFLIGHT_SECONDS,
        ...(request.headers['access-control-request-private-network'] === 'true' && {
          'access-control-allow-private-network': 'true',
        }),
      };
    },
  };
}

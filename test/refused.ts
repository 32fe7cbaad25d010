// Requests that are refused as a whole: what their answers have in common.

import { CONFIRM, type Pair, PRODUCT, TOKEN } from './pair';

export const JSON_HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };

/** The body of a confirm that would be sent upstream. */
export const CONFIRM_BODY = JSON.stringify({
  query: CONFIRM,
  variables: { productId: PRODUCT, deviceName: 'lamp-1' },
});

/** A confirm, unless something else is said of it. */
export interface RefusedRequest {
  name: string;
  status: number;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** Sends the request, expects the status, JSON without a hint and no call upstream, and returns the error's message. */
export async function refusalOf(pair: Pair, request: Omit<RefusedRequest, 'name'>): Promise<string> {
  const { status, method = 'POST', path = '/graphql', headers, body = CONFIRM_BODY } = request;
  pair.simulator.received.length = 0;
  const response = await fetch(new URL(path, pair.url), {
    method,
    headers: { ...JSON_HEADERS, ...headers },
    ...(method !== 'GET' && { body }),
  });
  const text = await response.text();
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/json; charset=utf-8']);
  const { errors, ...rest } = JSON.parse(text);
  expect([errors[0].message, rest]).toEqual([expect.any(String), {}]);
  expect(text).not.toContain('Did you mean');
  expect(pair.simulator.received).toEqual([]);
  return errors[0].message;
}

/** A document that is refused with 400. */
export const refusalOfDocument = (pair: Pair, query: string): Promise<string> =>
  refusalOf(pair, { status: 400, body: JSON.stringify({ query }) });

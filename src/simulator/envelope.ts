// The two shapes in which the platform's answers come. Knows no action: a body, or a refusal, goes in; JSON comes out.

import type { Refusal } from './refusals';

export type Envelope = 'documented' | 'client';

/** `{"Response":…}` as documented, or `{"code":…,"msg":…,"data":…}` as the official clients parse it. */
export function successFrom(envelope: Envelope, requestId: string, answer: Record<string, unknown>): unknown {
  const data = { RequestId: requestId, ...answer };
  return envelope === 'documented' ? { Response: data } : { code: 0, msg: '', data };
}

/** A refusal is an ordinary answer: it goes out with HTTP 200. */
export function refusalFrom(envelope: Envelope, requestId: string, { code, message }: Refusal): unknown {
  const data = { Error: { Code: code, Message: message }, RequestId: requestId };
  return envelope === 'documented' ? { Response: data } : { code: -1000, msg: message, data };
}

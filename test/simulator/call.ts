// How the simulator's tests speak to it: one POST, and a look into either envelope.

type Json = Record<string, unknown>;

export async function post(url: string, body: string | Json): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

export async function call(
  url: string,
  Action: string,
  params: Json,
  AccessToken = 'demo-token-alice',
): Promise<unknown> {
  return (await post(url, { Action, RequestId: 'r-1', AccessToken, ...params })).body;
}

/** What stands in the envelope, whichever it is. */
export function dataOf(answer: unknown): Json {
  const { Response, data } = answer as { Response?: Json; data?: Json };
  return Response ?? data ?? {};
}

export function codeOf(answer: unknown): unknown {
  return (dataOf(answer).Error as Json | undefined)?.Code;
}

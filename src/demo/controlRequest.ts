// The switches over HTTP, for the user whose token comes along: GET shows them, PATCH sets some, DELETE takes all trouble away. To ask
// twice is as to ask once.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { bodyOf, objectFrom } from '../simulator/body';
import type { Control } from '../simulator/control';
import { Refusal } from '../simulator/refusals';
import { OWNER_TOKEN_PREFIX } from '../simulator/world';

export const CONTROL_PATH = '/demo/trouble';

const BODY_LIMIT_BYTES = 4096;
const DEVICES_LIMIT = 20;
const TOKEN = new RegExp(`^Bearer (${OWNER_TOKEN_PREFIX}[\\w.-]{1,64})$`);

const changesSchema = z
  .strictObject({
    slow: z.boolean(),
    lostAnswer: z.boolean(),
    rateLimit: z.boolean(),
    tokenExpired: z.boolean(),
    refusal: z
      .string()
      .regex(/^\w+(\.\w+)*$/)
      .max(100)
      .nullable(),
    devices: z.record(z.string().max(300), z.boolean()).refine((all) => Object.keys(all).length <= DEVICES_LIMIT),
  })
  .partial();

const EXPECTED = `expected JSON with some of slow, lostAnswer, rateLimit, tokenExpired (true or false), refusal (a code or null), devices ({"<ProductId>/<DeviceName>": true or false})`;

type Answer = readonly [status: number, body: object];

const refused = (status: number, message: string): Answer => [status, { message }];

/** Another site's page would be able to send what needs no leave. */
const isElsewhere = ({ headers: { origin, host } }: IncomingMessage): boolean =>
  origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);

async function changed(control: Control, token: string, request: IncomingMessage): Promise<Answer> {
  const text = await bodyOf(request, BODY_LIMIT_BYTES);
  if (text === undefined) return refused(413, `expected at most ${BODY_LIMIT_BYTES} bytes`);
  const { data, success } = changesSchema.safeParse(objectFrom(text));
  if (!success) return refused(400, EXPECTED);
  const given = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
  try {
    return [200, control.change(token, given)];
  } catch (cause) {
    if (cause instanceof Refusal) return refused(404, 'expected a device that the simulated platform has');
    throw cause;
  }
}

async function answerOf(control: Control, request: IncomingMessage): Promise<Answer> {
  const { method, headers } = request;
  const [, token] = TOKEN.exec(headers.authorization ?? '') ?? [];
  if (isElsewhere(request)) return refused(403, 'expected a page of this origin');
  if (token === undefined) return refused(401, `expected Authorization: Bearer ${OWNER_TOKEN_PREFIX}…`);
  if (method === 'GET') return [200, control.of(token)];
  if (method === 'DELETE') return [200, control.reset(token)];
  if (method === 'PATCH') return changed(control, token, request);
  return refused(405, 'expected GET, PATCH or DELETE');
}

export async function answerControl(
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const [status, body] = await answerOf(control, request);
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(`${JSON.stringify(body)}\n`);
  } catch {
    // The client has left in the middle of its request.
    response.destroy();
  }
}

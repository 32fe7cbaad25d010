// A stream of progress as a client reads it, by server-sent events.

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Pair, RequestOptions } from './pair';
import { PRODUCT, TOKEN } from './pair';

export const UPGRADE = `firmwareUpgrade {
  __typename
  ... on FirmwareUpgrade { phase platformStatus percent fromVersion toVersion failureReason }
  ... on TokenApiError { code nextStep }
}`;

export const PROGRESS = `subscription ($ids: [ID!]!) { firmwareUpgradesProgress(ids: $ids) { device { id ${UPGRADE} } } }`;

export interface Stream {
  readonly status: number;
  /** What each event held. Of a refusal, its body is the only one. */
  // biome-ignore lint/suspicious/noExplicitAny: an event's shape is what the test is about
  readonly events: any[];
  /** Resolves once the stream has told so many events. */
  has(count: number): Promise<void>;
  /** True once the stream has completed. */
  isComplete(): boolean;
  /** Resolves at its end, however that comes. */
  readonly ended: Promise<unknown>;
  /** Reads no further, until it is called again. */
  pause(): void;
  resume(): void;
  leave(): void;
}

/** Follows the devices of these names. */
export const follow = (pair: Pick<Pair, 'url'>, names: readonly string[], options?: RequestOptions): Promise<Stream> =>
  subscribe(pair.url, PROGRESS, { ids: names.map((name) => `${PRODUCT}/${name}`) }, options);

export async function subscribe(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  { token = TOKEN, headers = {} }: RequestOptions = {},
): Promise<Stream> {
  const asking = request(url, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  asking.on('error', () => undefined);
  asking.end(JSON.stringify({ query, variables }));
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const events: unknown[] = [];
  let text = '';
  let isComplete = false;
  let waiting: { count: number; resolve: () => void }[] = [];
  const isStream = response.headers['content-type']?.startsWith('text/event-stream');
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    if (!isStream) return;
    const blocks = text.split('\n\n');
    text = blocks.pop() as string;
    for (const block of blocks) {
      const data = /^event: next\ndata: (.*)$/.exec(block)?.[1];
      if (data !== undefined) events.push(JSON.parse(data));
      if (block.startsWith('event: complete')) isComplete = true;
    }
    const served = waiting.filter(({ count }) => events.length >= count);
    waiting = waiting.filter(({ count }) => events.length < count);
    for (const { resolve } of served) resolve();
  });
  response.on('error', () => undefined);
  response.once('end', () => {
    if (!isStream) events.push(JSON.parse(text));
  });
  return {
    status: response.statusCode as number,
    events,
    async has(count) {
      if (events.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    },
    isComplete: () => isComplete,
    ended: new Promise((resolve) => response.once('close', resolve)),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    leave: () => void response.destroy(),
  };
}

/** What a stream has told, each event in a few words: the phase, its percent and another version than usual; or the code of an error. */
export const toldBy = ({ events }: Stream, name?: string): string[] =>
  events.flatMap(({ data, errors }) => {
    const device = Object.values(data ?? {})[0] as { device: { id: string; firmwareUpgrade: Told } } | undefined;
    if (!device) return [errors[0].extensions.code];
    if (name !== undefined && device.device.id !== `${PRODUCT}/${name}`) return [];
    const { phase, percent, toVersion, code } = device.device.firmwareUpgrade;
    const version = toVersion === '1.1.0' ? null : toVersion;
    return [code ?? [phase, percent, version].filter((word) => word !== null && word !== undefined).join(' ')];
  });

interface Told {
  phase: string;
  percent: number | null;
  toVersion?: string | null;
  code?: string;
}

export type Status = Readonly<Record<string, unknown>> | 'away' | `error ${string}`;

/**
 * The platform shows of each device one of these after the other, one a look; the last one stays. The versions are 1.0.0 and 1.1.0
 * unless others are given. A status that is `away` is no answer.
 *
 * @returns how often each device was looked at, and a way to add what follows
 */
export function script(pair: Pair, statuses: Record<string, Status[]>) {
  const looks = new Map<string, number>();
  pair.simulator.override = ({ action, body }, response) => {
    const name = String(body.DeviceName);
    const given = statuses[name];
    if (action !== 'AppDescribeFirmwareUpdateStatus' || !given) return false;
    const nth = looks.get(name) ?? 0;
    looks.set(name, nth + 1);
    const status = given[Math.min(nth, given.length - 1)] as Status;
    if (status === 'away') response.destroy();
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ Response: answerOf(status, body.RequestId) }));
    return true;
  };
  return { looksAt: (name: string) => looks.get(name) ?? 0 };
}

function answerOf(status: Status, RequestId: unknown) {
  if (typeof status === 'string') return { Error: { Code: status.slice('error '.length), Message: '' }, RequestId };
  return { OriVersion: '1.0.0', DstVersion: '1.1.0', ErrMsg: '', Percent: 0, ...status, RequestId };
}

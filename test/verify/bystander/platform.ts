// The platform as the users of one gateway share it: healthy for most, and at the cost of those alone whose token says otherwise.

import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

const ANSWER_MS = 100;
/** Three bytes a character, and as many as the gateway passes on: the largest answer that one call can bring. */
const NOTES = '更'.repeat(20_000);

/** What a token says of the calls that are made with it: how long they take, and how they end. */
const manners: Readonly<Record<Manner, { ms: number; end: 'answer' | 'refuse' | 'cut' | 'silence' }>> = {
  healthy: { ms: ANSWER_MS, end: 'answer' },
  distant: { ms: 300, end: 'answer' },
  slow: { ms: 3000, end: 'answer' },
  refused: { ms: ANSWER_MS, end: 'refuse' },
  cut: { ms: 0, end: 'cut' },
  silent: { ms: 0, end: 'silence' },
};

export type Manner = 'healthy' | 'distant' | 'slow' | 'refused' | 'cut' | 'silent';

/** A token whose calls the platform treats in such a manner. */
export const tokenFor = (manner: Manner, token: string): string => `${token}~${manner}`;

export interface Platform {
  readonly url: string;
  /** How often each device's confirm arrived. */
  readonly confirms: ReadonlyMap<string, number>;
}

type Call = Readonly<Record<string, unknown>>;

export async function startPlatform(): Promise<Platform> {
  const confirms = new Map<string, number>();
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const call = JSON.parse(await text(request)) as Call;
    if (call.Action === 'AppPublishFirmwareUpdateMessage')
      confirms.set(String(call.DeviceName), (confirms.get(String(call.DeviceName)) ?? 0) + 1);
    const { ms, end } = manners[String(call.AccessToken).split('~')[1] as Manner] ?? manners.healthy;
    if (ms > 0) await pause(ms);
    if (end === 'cut') request.socket.resetAndDestroy();
    else if (end !== 'silence') answer(response, call, end === 'refuse' ? refusal : fieldsFor(call));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/tokenapi`, confirms };
}

const refusal = { Error: { Code: 'InvalidParameterValue.InvalidAccessToken', Message: 'no such token' } };

function answer(response: ServerResponse, { RequestId }: Call, fields: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ Response: { ...fields, RequestId } }));
}

function fieldsFor({ Action, DeviceIds }: Call): object {
  if (Action === 'AppCheckFirmwareUpdate') return { CurrentVersion: '1.0.0', DstVersion: '2.0.0' };
  if (Action === 'AppDescribeFirmware') return { Name: 'firmware', Description: NOTES, Createtime: 1_600_000_000 };
  if (Action === 'AppDescribeFirmwareUpdateStatus')
    return { OriVersion: '1.0.0', DstVersion: '2.0.0', Status: 3, Percent: 50, ErrMsg: '' };
  if (Array.isArray(DeviceIds)) return { DeviceStatuses: DeviceIds.map((DeviceId) => ({ DeviceId, Online: 1 })) };
  return {};
}

// One request's world: who asks, and the ways to the upstream that are open to them. No resolver ever holds the token.

import { createHash } from 'node:crypto';
import type { Confirms, Press } from './confirms';
import { type Batch, createLoaders } from './loaders';
import type { Action } from './tokenapi/action';
import type { Answered, Caller, TokenApiClient } from './tokenapi/client';
import { NoAccessToken } from './tokenapi/errors';

/** `Bearer` and 1 to 4096 visible ASCII characters. */
const AUTHORIZATION = /^Bearer +([\x21-\x7e]{1,4096})$/i;

export interface Context {
  readonly requestId: string;
  readonly confirms: Confirms;
  /** Who presses, on which device. @throws NoAccessToken */
  pressOn(deviceId: string): Press;
  /** Calls an action that changes something, and forgets what was read before it. @throws a TokenApiFailure */
  write<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Answered<Payload>>;
  /** Reads, once for the same parameters. @throws a TokenApiFailure */
  read<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Payload>;
  /** Reads one of many that are asked for together. @throws a TokenApiFailure */
  readOf<Value>(batch: Batch<string, unknown, Value>, key: string): Promise<Value>;
}

export interface ContextOptions {
  client: TokenApiClient;
  confirms: Confirms;
  requestId: string;
  /** The `Authorization` header as it came. */
  authorization: string | undefined;
  abandoned: () => boolean;
}

export function createContext({ client, confirms, requestId, authorization, abandoned }: ContextOptions): Context {
  const token = tokenFrom(authorization);
  let caller: Caller | undefined;
  const callerOf = (): Caller => {
    if (token === undefined)
      throw new NoAccessToken(
        'The Authorization header is expected to be `Bearer` and a token of 1 to 4096 visible ASCII characters.',
      );
    caller ??= { requestId, token, abandoned };
    return caller;
  };
  let loaders = createLoaders(client, callerOf);
  return {
    requestId,
    confirms,
    pressOn: (deviceId) => ({ owner: hashOf(callerOf().token), deviceId }),
    async write(action, parameters) {
      try {
        return await client.call(action, parameters, callerOf());
      } finally {
        loaders = createLoaders(client, callerOf);
      }
    },
    read: (action, parameters) => loaders.read(action, parameters),
    readOf: (batch, key) => loaders.readOf(batch, key),
  };
}

/** Tells users apart where the token itself must not be kept. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

const tokenFrom = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : AUTHORIZATION.exec(authorization)?.[1];

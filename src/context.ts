// One request's world: who asks, and the ways to the upstream that are open to them. No resolver ever holds the token.

import type { Action } from './tokenapi/action';
import type { Answered, Caller, TokenApiClient } from './tokenapi/client';
import { NoAccessToken } from './tokenapi/errors';

/** `Bearer` and 1 to 4096 visible ASCII characters. */
const AUTHORIZATION = /^Bearer +([\x21-\x7e]{1,4096})$/i;

export interface Context {
  readonly requestId: string;
  /** Calls an action that changes something. @throws a TokenApiFailure */
  write<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Answered<Payload>>;
}

export interface ContextOptions {
  client: TokenApiClient;
  requestId: string;
  /** The `Authorization` header as it came. */
  authorization: string | undefined;
  abandoned: () => boolean;
}

export function createContext({ client, requestId, authorization, abandoned }: ContextOptions): Context {
  const token = tokenFrom(authorization);
  return {
    requestId,
    write: async (action, parameters) => client.call(action, parameters, callerWith(token, requestId, abandoned)),
  };
}

/** @throws NoAccessToken */
function callerWith(token: string | undefined, requestId: string, abandoned: () => boolean): Caller {
  if (token === undefined)
    throw new NoAccessToken(
      'The Authorization header is expected to be `Bearer` and a token of 1 to 4096 visible ASCII characters.',
    );
  return { requestId, token, abandoned };
}

const tokenFrom = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : AUTHORIZATION.exec(authorization)?.[1];

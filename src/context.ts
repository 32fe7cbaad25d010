// One request's world: who asks, and the ways to the upstream that are open to them. No resolver ever holds the token.

import { hash } from 'node:crypto';
import { type Confirms, type Press, settlingKeyOf } from './confirms';
import { idempotencyKeyFrom } from './idempotency';
import { type Batch, createLoaders, type Loaders } from './loaders';
import type { Settling } from './settling';
import type { Telemetry, Trail } from './telemetry';
import type { Action } from './tokenapi/action';
import type { Answered, Caller, TokenApiClient } from './tokenapi/client';
import { isTokenApiFailure, NoAccessToken, NoAnswer } from './tokenapi/errors';

/** `Bearer` and 1 to 4096 visible ASCII characters. */
const AUTHORIZATION = /^Bearer +([\x21-\x7e]{1,4096})$/i;

export interface Context {
  readonly requestId: string;
  readonly confirms: Confirms;
  /**
   * Who presses, on which device, under which key.
   *
   * @throws NoAccessToken
   * @throws InvalidArgument about the key
   */
  pressOn(deviceId: string, idempotencyKey: string | null | undefined): Press;
  /** Calls an action that changes something, and forgets what was read before it. @throws a TokenApiFailure */
  write<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    abandoned: () => boolean,
    startedAt: number,
  ): Promise<Answered<Payload>>;
  /** Reads, once for the same parameters. @throws a TokenApiFailure */
  read<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Payload>;
  /** Reads one of many that are asked for together. @throws a TokenApiFailure */
  readOf<Value>(batch: Batch<string, unknown, Value>, key: string): Promise<Value>;
  /** Whether what was read of a device may be from before the user's confirm. */
  isSettling(deviceId: string, read: Parameters<Settling['covers']>[1]): Promise<boolean>;
  /** A confirm's end that can be told: a bug in the middle of one is logged, and its outcome is unknown. */
  attributed(cause: unknown): unknown;
  /** Says what became of a confirm: `by` is how its answer was come by. No device if what was sent names none: it may be anything. */
  confirmEnded(deviceId: string | undefined, outcome: string, by: string, upstreamRequestId: string): void;
}

export interface ContextOptions {
  client: TokenApiClient;
  confirms: Confirms;
  telemetry: Telemetry;
  trail: Trail;
  /** The `Authorization` and `Idempotency-Key` headers as they came. */
  authorization: string | undefined;
  idempotencyKey: string | undefined;
  abandoned: () => boolean;
}

export function createContext(options: ContextOptions): Context {
  const { client, confirms, telemetry, trail, abandoned } = options;
  const { requestId } = trail;
  const token = tokenFrom(options.authorization);
  let caller: Caller | undefined;
  const callerOf = (): Caller => {
    if (token === undefined) {
      if (options.authorization === undefined) telemetry.headerMissing(requestId);
      throw new NoAccessToken(
        'The Authorization header is expected to be `Bearer` and a token of 1 to 4096 visible ASCII characters.',
      );
    }
    caller ??= { trail, token, abandoned };
    return caller;
  };
  let ownerOfToken: string | undefined;
  const owner = () => {
    ownerOfToken ??= hashOf(callerOf().token);
    return ownerOfToken;
  };
  let loaders: Loaders | undefined;
  const loadersOf = () => {
    loaders ??= createLoaders(client, callerOf);
    return loaders;
  };
  return {
    requestId,
    confirms,
    pressOn: (deviceId, argument) => ({
      owner: owner(),
      deviceId,
      idempotencyKey: idempotencyKeyFrom(options.idempotencyKey, argument),
      abandoned,
      startedAt: performance.now(),
    }),
    async write(action, parameters, abandonedByAll, startedAt) {
      try {
        return await client.call(action, parameters, { ...callerOf(), abandoned: abandonedByAll }, startedAt);
      } finally {
        loaders = undefined;
      }
    },
    read: (action, parameters) => loadersOf().read(action, parameters),
    readOf: (batch, key) => loadersOf().readOf(batch, key),
    isSettling: (deviceId, read) => confirms.settling.covers(settlingKeyOf(owner(), deviceId), read),
    attributed(cause) {
      if (isTokenApiFailure(cause)) return cause;
      telemetry.bug(cause, requestId);
      return new NoAnswer('The gateway broke while it confirmed.', requestId);
    },
    confirmEnded(deviceId, outcome, by, upstreamRequestId) {
      const user = token === undefined ? undefined : owner();
      telemetry.confirmEnded(trail, { owner: user, deviceId, outcome, by, upstreamRequestId });
    },
  };
}

/** Tells users apart where the token itself must not be kept. */
const hashOf = (token: string): string => hash('sha256', token, 'base64url');

const tokenFrom = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : AUTHORIZATION.exec(authorization)?.[1];

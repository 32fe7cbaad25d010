// One request's world: who asks, and the ways to the upstream that are open to them. No resolver ever holds the token.

import { hash } from 'node:crypto';
import { type Confirms, type Press, settlingKeyOf } from '../confirms/confirms';
import { idempotencyKeyFrom } from '../confirms/idempotency';
import type { Settling } from '../confirms/settling';
import type { Telemetry, Trail } from '../telemetry/telemetry';
import type { Action } from '../tokenapi/action';
import type { Answered, Caller, TokenApiClient } from '../tokenapi/client';
import { isTokenApiFailure, NoAccessToken, NoAnswer } from '../tokenapi/errors';
import { type Batch, createLoaders, type Loaders } from './loaders';

/** `Bearer` and 1 to 4096 visible ASCII characters. */
const AUTHORIZATION = /^Bearer +([\x21-\x7e]{1,4096})$/i;

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

export class Context {
  readonly requestId: string;
  readonly confirms: Confirms;
  private readonly token: string | undefined;
  private noToken: NoAccessToken | undefined;
  private ownerOfToken: string | undefined;
  private loaders: Loaders | undefined;

  constructor(private readonly options: ContextOptions) {
    this.requestId = options.trail.requestId;
    this.confirms = options.confirms;
    this.token = tokenFrom(options.authorization);
  }

  /**
   * Who presses, on which device, under which key.
   *
   * @throws NoAccessToken
   * @throws InvalidArgument about the key
   */
  pressOn(deviceId: string, idempotencyKey: string | null | undefined): Press {
    return {
      owner: this.owner(),
      deviceId,
      idempotencyKey: idempotencyKeyFrom(this.options.idempotencyKey, idempotencyKey),
      abandoned: this.options.abandoned,
      startedAt: performance.now(),
    };
  }

  /** Calls an action that changes something, and forgets what was read before it. @throws a TokenApiFailure */
  write<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
    abandoned: () => boolean,
    startedAt: number,
  ): Promise<Answered<Payload>> {
    this.loaders = undefined;
    return this.options.client.call(action, parameters, this.caller(abandoned), startedAt);
  }

  /** Reads, once for the same parameters. @throws a TokenApiFailure */
  read<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Payload> {
    return this.readers().read(action, parameters);
  }

  /** Reads one of many that are asked for together. @throws a TokenApiFailure */
  readOf<Value>(batch: Batch<string, unknown, Value>, key: string): Promise<Value> {
    return this.readers().readOf(batch, key);
  }

  /** Reads many of a batch at once; `known` has them afterwards. @throws NoAccessToken */
  readAhead<Value>(batch: Batch<string, unknown, Value>, keys: readonly string[]): Promise<void> {
    return this.readers().readAhead(batch, keys);
  }

  /** What was read ahead, or why it could not be; undefined if it was not. */
  known<Value>(batch: Batch<string, unknown, Value>, key: string): Value | Error | undefined {
    return this.loaders?.known(batch, key);
  }

  /** Whether what was read of a device may be from before the user's confirm. */
  isSettling(deviceId: string, read: Parameters<Settling['covers']>[1]): Promise<boolean> {
    return this.confirms.settling.covers(settlingKeyOf(this.owner(), deviceId), read);
  }

  /** A confirm's end that can be told: a bug in the middle of one is logged, and its outcome is unknown. */
  attributed(cause: unknown): unknown {
    if (isTokenApiFailure(cause)) return cause;
    this.options.telemetry.bug(cause, this.requestId);
    return new NoAnswer('The gateway broke while it confirmed.', this.requestId);
  }

  /** Says what became of a confirm: `by` is how its answer was come by. No device if what was sent names none: it may be anything. */
  confirmEnded(deviceId: string | undefined, outcome: string, by: string, upstreamRequestId: string): void {
    const owner = this.token === undefined ? undefined : this.owner();
    this.options.telemetry.confirmEnded(this.options.trail, { owner, deviceId, outcome, by, upstreamRequestId });
  }

  private caller(abandoned: () => boolean): Caller {
    if (this.token !== undefined) return { trail: this.options.trail, token: this.token, abandoned };
    if (this.noToken === undefined) {
      if (this.options.authorization === undefined) this.options.telemetry.headerMissing(this.requestId);
      this.noToken = new NoAccessToken(
        'The Authorization header is expected to be `Bearer` and a token of 1 to 4096 visible ASCII characters.',
      );
    }
    throw this.noToken;
  }

  private owner(): string {
    this.ownerOfToken ??= hashOf(this.caller(this.options.abandoned).token);
    return this.ownerOfToken;
  }

  private readers(): Loaders {
    this.loaders ??= createLoaders(this.options.client, this.caller(this.options.abandoned));
    return this.loaders;
  }
}

/** Tells users apart where the token itself must not be kept. */
const hashOf = (token: string): string => hash('sha256', token, 'base64url');

const tokenFrom = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : AUTHORIZATION.exec(authorization)?.[1];

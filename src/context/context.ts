// One request's world: who asks, and the ways to the platform that are open to them. No resolver ever holds the token.

import type { OperationDefinitionNode } from 'graphql';
import type { ConfirmAnswer } from '../confirms/answers';
import type { Confirms } from '../confirms/confirms';
import type { FollowedUpgrade, Versions } from '../confirms/followedUpgrade';
import { ownerFromToken } from '../confirms/names';
import type { Press, PressedOnce, Presser } from '../confirms/press';
import type { ConfirmReporter } from '../confirms/report';
import type { StatusRead } from '../confirms/settling';
import type { Device } from '../graph/device';
import type { Action } from '../tokenapi/action';
import type { Accepted, TokenApiClient } from '../tokenapi/client';
import { NoAccessToken } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import type { Batch } from './batch';
import type { Feed } from './feed';
import { createLoaders, type Loaders } from './loaders';
import { createTurns } from './turns';

/** `Bearer` and 1 to 4096 visible ASCII characters. */
const AUTHORIZATION = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** Confirms of one list that are under way at once. */
export const CONFIRMS_IN_FLIGHT_LIMIT = 5;

/** What all requests share. */
export interface Services {
  readonly client: TokenApiClient;
  readonly confirms: Confirms;
  readonly live: Live;
}

/** Something of a device's upgrade that is news. What is selected of the device is read in its context. */
export interface LiveEvent {
  readonly device: Device;
  readonly context: Context;
}

/** Why a stream ended by itself: nothing can follow, it was refused, or whoever still wants it is to ask again. */
export type LiveEnd = 'finished' | 'refused' | 'expired' | 'leaving';

/** First each device as it stands, then whichever has changed, until nothing can follow. */
export type LiveFeed = Feed<LiveEvent, LiveEnd>;

export interface Live {
  watch(devices: readonly Device[], context: Context): LiveFeed;
}

export interface ContextReporter extends ConfirmReporter {
  /** A token was needed, and there was no header: a hop in front does not pass it on. */
  authorizationMissing(): void;
  /** The operation that is to be answered, once it is known: it may yet be refused. */
  asked(operation: OperationDefinitionNode): void;
}

/** What one request brings. */
export interface Request {
  readonly reporter: ContextReporter;
  /** The `Authorization` and `Idempotency-Key` headers as they came. */
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** The hash of the user whom a trusted router names, if it is to name one. */
  readonly owner?: string | undefined;
  /** True once the client has left. */
  readonly abandoned: () => boolean;
  /** True once the process is about to end: what is not sent by then could not be answered any more. */
  readonly isClosing?: () => boolean;
  /** The request's connection has as many operations under way as it may have. */
  readonly isCrowded?: boolean;
}

export class Context implements Presser {
  private readonly startedAt = performance.now();
  private readonly token: string | undefined;
  private noToken: NoAccessToken | undefined;
  private hashOfToken: string | undefined;
  private loaders: Loaders | undefined;
  readonly pressed: PressedOnce[] = [];
  private upgrades: Map<string, unknown> | undefined;

  constructor(
    private readonly services: Services,
    private readonly request: Request,
  ) {
    this.token = tokenFrom(request.authorization);
  }

  get requestId(): string {
    return this.request.reporter.requestId;
  }

  get reporter(): ContextReporter {
    return this.request.reporter;
  }

  get idempotencyKey(): string | undefined {
    return this.request.idempotencyKey;
  }

  get isCrowded(): boolean {
    return this.request.isCrowded === true;
  }

  get isClosing(): boolean {
    return this.request.isClosing?.() === true;
  }

  get abandoned(): () => boolean {
    return this.request.abandoned;
  }

  /** The hash that stands for the user; undefined if there is no token. */
  get owner(): string | undefined {
    return this.token === undefined ? undefined : (this.request.owner ?? this.tokenHash(this.token));
  }

  private tokenHash(token: string): string {
    this.hashOfToken ??= ownerFromToken(token);
    return this.hashOfToken;
  }

  /** Whether the platform has answered this user of late. */
  get isKnown(): boolean {
    return this.owner !== undefined && this.services.client.knows(this.owner);
  }

  /** @throws NoAccessToken */
  caller(abandoned: () => boolean): Caller {
    const { token, owner, reporter } = this;
    const endsAt = this.startedAt + this.services.client.operationTimeoutMs;
    if (token !== undefined && owner !== undefined)
      return { token, tokenHash: this.tokenHash(token), owner, abandoned, endsAt, reporter };
    if (this.noToken === undefined) {
      if (this.request.authorization === undefined) this.reporter.authorizationMissing();
      this.noToken = new NoAccessToken(
        'The Authorization header is expected to be `Bearer` and a token of 1 to 4096 visible ASCII characters.',
      );
    }
    throw this.noToken;
  }

  /** Confirms, at most once, and forgets what was read before it. Never throws. */
  confirm<Parameters extends object>(press: Press<Parameters>): Promise<ConfirmAnswer> {
    this.loaders = undefined;
    return this.services.confirms.confirm(press, this);
  }

  /** Confirms several, a few at a time and no more than the user may have under way, in their order. Never throws. */
  confirmAll<Parameters extends object>(presses: readonly Press<Parameters>[]): Promise<ConfirmAnswer[]> {
    const { admission } = this.services.client;
    const turns = createTurns(() => Math.min(CONFIRMS_IN_FLIGHT_LIMIT, admission.confirmsAtOnce(this.owner ?? '')));
    return Promise.all(presses.map((press) => turns.take(() => this.confirm(press))));
  }

  /** Reads, once for the same parameters. @throws a TokenApiFailure */
  read<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Payload> {
    return this.readDated(action, parameters).then(({ payload }) => payload);
  }

  /** The same, with the moment at which it was asked for: a read may be shared with who asked a little earlier. */
  readDated<Parameters extends object, Payload>(
    action: Action<Parameters, Payload>,
    parameters: Parameters,
  ): Promise<Accepted<Payload>> {
    return this.readers().read(action, parameters);
  }

  /** Reads one of many that are asked for together; not a promise if it is there already. @throws a TokenApiFailure */
  readOf<Value>(batch: Batch<unknown, Value>, key: string): Value | Promise<Value> {
    return this.readers().readOf(batch, key);
  }

  /** Reads many of a batch now: `readOf` has them afterwards, or throws why it has not. @throws NoAccessToken */
  readAhead<Value>(batch: Batch<unknown, Value>, keys: readonly string[]): Promise<void> {
    return this.readers().readAhead(batch, keys);
  }

  /** Whether what was read of a device's upgrade may be from before the user's confirm. */
  isSettling(deviceId: string, read: StatusRead): Promise<boolean> {
    return this.services.confirms.settling.isSettling(this.owner ?? '', deviceId, read);
  }

  /** In this context, what is known of a device's upgrade already is not read again. */
  setUpgrade(deviceId: string, upgrade: unknown): void {
    this.upgrades ??= new Map();
    this.upgrades.set(deviceId, upgrade);
  }

  upgradeOf(deviceId: string): unknown {
    return this.upgrades?.get(deviceId);
  }

  /** Whether an end is an older upgrade's than the one that was seen moving. */
  isOldEnd(deviceId: string, end: Versions): Promise<boolean> {
    return this.services.confirms.followed.isOldEnd(this.owner ?? '', deviceId, end);
  }

  /** Remembers an upgrade that was seen moving. */
  sawMoving(deviceId: string, seen: FollowedUpgrade): Promise<void> {
    return this.services.confirms.followed.sawMoving(this.owner ?? '', deviceId, seen);
  }

  watch(devices: readonly Device[]): LiveFeed {
    return this.services.live.watch(devices, this);
  }

  private readers(): Loaders {
    this.loaders ??= createLoaders(this.services.client, this.caller(this.abandoned));
    return this.loaders;
  }
}

/** What a read of an upgrade needs. */
export type UpgradeSource = Pick<Context, 'readDated' | 'isSettling'>;

const tokenFrom = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : AUTHORIZATION.exec(authorization)?.[1];

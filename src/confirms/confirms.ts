// A confirm, whole: from the press of a button to the one call that it may cause, and to the answer. A double press shares one
// call, a key is answered again rather than sent again, and what was sent is remembered for some seconds. Knows no GraphQL request.

import { type Device, deviceFrom } from '../graph/device';
import { leastMsOf } from '../tokenapi/callTime';
import type { TokenApiClient } from '../tokenapi/client';
import { InvalidArgument, NotSent } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import { type ConfirmAnswer, errorAnswerFrom, isOfToken, mayHaveStarted, typeOf } from './answers';
import { ClaimLost, createClaims } from './claims';
import { createFollowed, type Followed } from './followed';
import { createIdempotencyKeys } from './keys';
import { ownName } from './names';
import { IDEMPOTENCY_KEYS_LIMIT } from './ownKeys';
import { idempotencyKeyFrom, type Press, type PressedOnce, type Presser } from './press';
import { createReplicas } from './replicas';
import type { ConfirmedBy } from './report';
import { createSend } from './send';
import { createSettling, type Settling } from './settling';
import { type Confirmed, createSharing } from './sharing';
import { createEndings } from './store/endings';
import { createMemoryStore } from './store/memory';
import { createPatientStore } from './store/patience';
import type { SharedStore } from './store/store';

/** What an operation's time does not reach may be sent by another one at once. */
const TOO_LATE_RETRY_MS = 1000;

export interface Confirms {
  /** The answer to a press, by at most one call. Never throws. */
  confirm<Parameters extends object>(press: Press<Parameters>, presser: Presser): Promise<ConfirmAnswer>;
  readonly settling: Settling;
  readonly followed: Followed;
  /** Called after each confirm that was sent. */
  onConfirmed(listener: (owner: string, deviceId: string, mayHaveStarted: boolean) => void): void;
  /** Writes what could not be written until now, or gives it up. Never throws. */
  close(): Promise<void>;
}

export interface ConfirmsOptions {
  client: TokenApiClient;
  /** What replicas share. Without it, keys are remembered in this process. */
  shared?: SharedStore | undefined;
  /** Called when something of a confirm could not be written: a repeat may get an unknown outcome. */
  onLost: (what: 'answer' | 'release') => void;
  /** An end, or a step backwards, that has stood for so long in a row is believed. */
  believedAfterMs?: number | undefined;
}

export function createConfirms({ client, shared, onLost, believedAfterMs }: ConfirmsOptions): Confirms {
  const { timeoutMs } = client;
  // Stryker disable next-line ObjectLiteral,StringLiteral: to fill it takes 50,000 confirms; what then happens, memory.test.ts shows.
  const store = shared ?? createMemoryStore({ limit: IDEMPOTENCY_KEYS_LIMIT, whenFull: 'refuse' });
  const endings = createEndings(store, onLost);
  const claims = createClaims(store, endings);
  const patient = shared && createPatientStore(shared);
  const settling = createSettling({ timeoutMs, endings, shared, patient });
  const followed = createFollowed({ shared, patient, believedAfterMs, onKept: settling.end });
  let confirmed = (_owner: string, _deviceId: string, _mayHaveStarted: boolean): void => undefined;
  const keys = createIdempotencyKeys({ claims, shared, timeoutMs });
  const send = createSend({ client, settling, replicas: createReplicas(claims, shared, timeoutMs) });
  const underWay = createSharing<ConfirmAnswer>();

  /** @throws a TokenApiFailure about the arguments, the token or the key */
  function confirmChecked<Parameters extends object>(
    press: Press<Parameters>,
    presser: Presser,
    name: string,
  ): Promise<Confirmed<ConfirmAnswer>> {
    const { pressed } = presser;
    const { device } = press;
    const caller = presser.caller(presser.abandoned);
    const key = idempotencyKeyFrom(presser.idempotencyKey, press.idempotencyKey);
    const before = pressed.find(({ deviceId }) => deviceId === device.id);
    if (before) return answerAgain(before, caller, device, key);
    const confirmed = confirmWithOwnToken(press, presser, inTime(caller), key, name);
    pressed.push({ deviceId: device.id, keys: [key], confirmed });
    return confirmed;
  }

  /** A single confirm has its whole time, even where that of an operation is shorter. */
  const longerMs = Math.max(0, timeoutMs - client.operationTimeoutMs);
  const inTime = (caller: Caller): Caller =>
    longerMs === 0 ? caller : { ...caller, endsAt: caller.endsAt + longerMs };

  /**
   * The same operation names a device again: it is sent once, and both places have that answer. It is kept under a key that is
   * named here alone, too, as a repeat under this key would be sent again otherwise.
   */
  async function answerAgain(
    { keys: known, confirmed }: PressedOnce,
    { owner, token, endsAt: deadline }: Caller,
    device: Device,
    key: string | undefined,
  ): Promise<Confirmed<ConfirmAnswer>> {
    const { answer } = await confirmed;
    if (key !== undefined && !known.includes(key) && mayHaveStarted(answer)) {
      known.push(key);
      const keyed = { owner, token, device, key, deadline, isReady: () => true };
      // Whatever stands in the way of the key, the answer is this one.
      const claim = await keys.claim(keyed).catch(() => undefined);
      if (claim?.kind === 'ours') claim.keep(answer);
    }
    return { answer, by: 'shared' };
  }

  /** @throws NotSent if it is too late for another call */
  function checkTime({ isClosing, abandoned }: Presser, { endsAt }: Caller): void {
    if (!isClosing && !abandoned() && endsAt - performance.now() >= leastMsOf(timeoutMs)) return;
    throw new NotSent('Too little time of the operation was left.', undefined, { retryAfterMs: TOO_LATE_RETRY_MS });
  }

  /** A refusal of another token of the user is not this press's answer: nothing was started, and this token may do. */
  function confirmWithOwnToken<Parameters extends object>(
    press: Press<Parameters>,
    presser: Presser,
    caller: Caller,
    key: string | undefined,
    name: string,
  ): Promise<Confirmed<ConfirmAnswer>> {
    // It is sent with its own token: only who waits for another press's call may have another token's answer.
    const isFirst = key === undefined && !underWay.isUnderWay(name);
    const once = confirmOnce(press, presser, caller, key, name);
    if (isFirst) return once;
    return once.then((confirmed) => {
      const { answer, by, tokenHash = caller.tokenHash } = confirmed;
      const isOwn = by !== 'shared' || tokenHash === caller.tokenHash || !isOfToken(answer);
      return isOwn ? confirmed : confirmWithOwnToken(press, presser, caller, key, name);
    });
  }

  function confirmOnce<Parameters extends object>(
    press: Press<Parameters>,
    presser: Presser,
    caller: Caller,
    key: string | undefined,
    name: string,
  ): Promise<Confirmed<ConfirmAnswer>> {
    checkTime(presser, caller);
    const { device } = press;
    const { owner, token } = caller;
    const startedAt = performance.now();
    const deadline = Math.min(startedAt + timeoutMs, caller.endsAt);
    if (key === undefined)
      return underWay.share(name, presser.abandoned, (abandoned) =>
        send({ press, presser, caller, name, abandoned, startedAt, deadline }),
      );

    return underWay.share(`${name} ${key}`, presser.abandoned, async (abandonedByAll) => {
      for (;;) {
        // Where another press is being sent, this one will have that answer: its key must hold from now on.
        const isReady = () => underWay.isUnderWay(name) || client.canSendNow(caller);
        const claim = await keys.claim({ owner, token, device, key, deadline, isReady });
        if (claim.kind === 'answered') return { answer: claim.answer, by: 'replayed' };
        let confirmed: Confirmed<ConfirmAnswer>;
        try {
          // The answer of a call that is under way will be this key's, so the key must hold from now on.
          if (underWay.isUnderWay(name)) await claim.aboutToSend();
          confirmed = await underWay.share(name, abandonedByAll, (abandoned) =>
            send({ press, presser, caller, name, abandoned, startedAt, deadline, aboutToSend: claim.aboutToSend }),
          );
        } catch (cause) {
          if (cause instanceof ClaimLost) {
            claim.free();
            continue;
          }
          // Another replica's answer that did not come: under this key, too, nobody knows what was started.
          confirmed = { answer: errorAnswerFrom(cause, device, presser.reporter), by: 'shared' };
        }
        if (mayHaveStarted(confirmed.answer)) claim.keep(confirmed.answer);
        else claim.free();
        return confirmed;
      }
    });
  }

  return {
    settling,
    followed,
    onConfirmed(listener) {
      confirmed = listener;
    },
    close: endings.close,
    confirm(press, presser) {
      const { device } = press;
      const { owner, reporter } = presser;
      let deviceId: string | undefined;
      let name = '';
      const ended = (answer: ConfirmAnswer, by: ConfirmedBy): ConfirmAnswer => {
        if (by === 'sent' && owner !== undefined && deviceId !== undefined) {
          if (mayHaveStarted(answer)) followed.begin(owner, deviceId, name);
          confirmed(owner, deviceId, mayHaveStarted(answer));
        }
        reporter.confirmEnded({ owner, deviceId, outcome: typeOf(answer), by, upstreamRequestId: answer.requestId });
        return answer;
      };
      const failed = (cause: unknown) => ended(errorAnswerFrom(cause, device, reporter), 'refused');
      try {
        if (press.fault !== undefined) throw new InvalidArgument(press.fault);
        deviceId = deviceFrom(device.productId, device.deviceName).id;
        if (owner !== undefined) name = ownName(owner, deviceId);
        return confirmChecked(press, presser, name).then(({ answer, by }) => ended(answer, by), failed);
      } catch (cause) {
        return Promise.resolve(failed(cause));
      }
    },
  };
}

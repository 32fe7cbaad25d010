// A confirm, whole: from the press of a button to the one call that it may cause, and to the answer. A double press shares one
// call, a key is answered again rather than sent again, and what was sent is remembered for some seconds. Knows no GraphQL request.

import { type Device, deviceFrom } from '../graph/device';
import type { Action } from '../tokenapi/action';
import type { TokenApiClient } from '../tokenapi/client';
import type { Caller } from '../tokenapi/report';
import { type ConfirmAnswer, errorAnswerFrom, mayHaveStarted, typeOf } from './answers';
import { createIdempotencyKeys, IDEMPOTENCY_KEYS_LIMIT, idempotencyKeyFrom } from './keys';
import type { ConfirmedBy, ConfirmReporter } from './report';
import { createSettling, type Settling } from './settling';
import { type Confirmed, createSharing } from './sharing';
import { createMemoryStore } from './store/memory';
import type { Store } from './store/store';

/** Who presses. */
export interface Presser {
  readonly reporter: ConfirmReporter;
  /** The hash that stands for the user; undefined if there is no token. */
  readonly owner: string | undefined;
  /** The `Idempotency-Key` header as it came. */
  readonly idempotencyKey: string | undefined;
  /** True once the client has left. */
  readonly abandoned: () => boolean;
  /** @throws NoAccessToken */
  caller(abandoned: () => boolean): Caller;
}

/** One press of the button, as it was asked for: nothing of it has been checked. */
export interface Press<Parameters extends object> {
  readonly action: Action<Parameters, unknown>;
  readonly parameters: Parameters;
  readonly device: Device;
  /** The argument, beside which the header may say the same. */
  readonly idempotencyKey: string | null | undefined;
}

export interface Confirms {
  /** The answer to a press, by at most one call. Never throws. */
  confirm<Parameters extends object>(press: Press<Parameters>, presser: Presser): Promise<ConfirmAnswer>;
  readonly settling: Settling;
}

export interface ConfirmsOptions {
  client: TokenApiClient;
  /** What replicas share. Without it, keys are remembered in this process. */
  shared?: Store | undefined;
  /** Called when something of a key could not be written: a repeat will get an unknown outcome. */
  onLost: (what: 'answer' | 'release') => void;
}

export function createConfirms({ client, shared, onLost }: ConfirmsOptions): Confirms {
  const { timeoutMs } = client;
  const settling = createSettling(timeoutMs, shared);
  const keys = createIdempotencyKeys({
    // Stryker disable next-line ObjectLiteral,StringLiteral: to fill it takes 50,000 confirms; what then happens, memory.test.ts shows.
    store: shared ?? createMemoryStore({ limit: IDEMPOTENCY_KEYS_LIMIT, whenFull: 'refuse' }),
    timeoutMs,
    // Stryker disable next-line ConditionalExpression: a store that begins with this process has no former records anyway.
    hasFormerRecords: shared !== undefined,
    onLost,
  });
  const underWay = createSharing<ConfirmAnswer>();

  /** The answer of the one call of all who press at the same time. */
  function sendShared<Parameters extends object>(
    { action, parameters, device }: Press<Parameters>,
    presser: Presser,
    owner: string,
    pressAbandoned: () => boolean,
    startedAt: number,
  ): Promise<Confirmed<ConfirmAnswer>> {
    return underWay.share(`${owner} ${device.id}`, pressAbandoned, async (abandoned) => {
      settling.begin(owner, device.id);
      let answer: ConfirmAnswer;
      try {
        const caller: Caller = {
          ...presser.caller(abandoned),
          beforeSend: (upstreamRequestId) =>
            presser.reporter.confirmBegun({ owner, deviceId: device.id, upstreamRequestId }),
        };
        const { requestId } = await client.call(action, parameters, caller, startedAt);
        answer = { requestId };
      } catch (cause) {
        answer = errorAnswerFrom(cause, device, presser.reporter);
      }
      settling.end(owner, device.id, mayHaveStarted(answer));
      return { answer, by: 'sent' };
    });
  }

  /** @throws a TokenApiFailure about the arguments, the token or the key */
  function confirmChecked<Parameters extends object>(
    press: Press<Parameters>,
    presser: Presser,
  ): Promise<Confirmed<ConfirmAnswer>> {
    const { device } = press;
    const startedAt = performance.now();
    const { token } = presser.caller(presser.abandoned);
    const owner = presser.owner as string;
    const key = idempotencyKeyFrom(presser.idempotencyKey, press.idempotencyKey);
    if (key === undefined) return sendShared(press, presser, owner, presser.abandoned, startedAt);

    return underWay.share(`${owner} ${device.id} ${key}`, presser.abandoned, async (abandoned) => {
      const claim = await keys.claim({ owner, token, device, key, startedAt });
      if (claim.kind === 'answered') return { answer: claim.answer, by: 'replayed' };
      const confirmed = await sendShared(press, presser, owner, abandoned, startedAt);
      if (mayHaveStarted(confirmed.answer)) claim.keep(confirmed.answer);
      else claim.free();
      return confirmed;
    });
  }

  return {
    settling,
    async confirm(press, presser) {
      const { device } = press;
      let deviceId: string | undefined;
      let answer: ConfirmAnswer;
      let by: ConfirmedBy = 'refused';
      try {
        deviceId = deviceFrom(device.productId, device.deviceName).id;
        ({ answer, by } = await confirmChecked(press, presser));
      } catch (cause) {
        answer = errorAnswerFrom(cause, device, presser.reporter);
      }
      const { owner, reporter } = presser;
      reporter.confirmEnded({ owner, deviceId, outcome: typeOf(answer), by, upstreamRequestId: answer.requestId });
      return answer;
    },
  };
}

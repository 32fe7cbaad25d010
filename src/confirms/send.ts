// The one call of all who press at the same time: claimed, written down, and made; or another replica's answer in its place.

import type { TokenApiClient } from '../tokenapi/client';
import type { Caller } from '../tokenapi/report';
import { type ConfirmAnswer, errorAnswerFrom, isOfToken, mayHaveStarted } from './answers';
import { ClaimLost } from './claims';
import type { Press, Presser } from './press';
import { ALONE, type DeviceClaim, type Replicas } from './replicas';
import type { Settling } from './settling';
import type { Confirmed } from './sharing';

export interface Sending<Parameters extends object> {
  readonly press: Press<Parameters>;
  readonly presser: Presser;
  /** Whose call it is, by whoever pressed first. */
  readonly caller: Caller;
  /** That of the device in this process. */
  readonly name: string;
  /** True once nobody waits for the answer. */
  readonly abandoned: () => boolean;
  /** When the press's time began, by `performance.now()`. */
  readonly startedAt: number;
  /** When it ends, by the same clock. */
  readonly deadline: number;
  /** Says under the press's key that a call may be under way. */
  readonly aboutToSend?: (() => Promise<void> | undefined) | undefined;
}

interface SendOptions {
  client: TokenApiClient;
  settling: Settling;
  replicas: Replicas;
}

export function createSend({ client, settling, replicas }: SendOptions) {
  /** The call itself, under a claim. @throws ClaimLost */
  function call<Parameters extends object>(
    {
      press,
      presser,
      caller: { token, tokenHash, owner, endsAt, reporter },
      name,
      abandoned,
      startedAt,
      aboutToSend,
    }: Sending<Parameters>,
    device: Extract<DeviceClaim, { kind: 'ours' }>,
  ): Promise<Confirmed<ConfirmAnswer>> {
    const deviceId = press.device.id;
    const caller: Caller = {
      token,
      tokenHash,
      owner,
      abandoned,
      endsAt,
      reporter,
      beforeSend(upstreamRequestId) {
        const begun = { owner, deviceId, upstreamRequestId };
        const isKeyReady = aboutToSend?.();
        const isReady = isKeyReady ? isKeyReady.then(device.aboutToSend) : device.aboutToSend();
        return isReady
          ? isReady.then(() => presser.reporter.confirmBegun(begun))
          : presser.reporter.confirmBegun(begun);
      },
    };
    const settle = settling.begin(owner, deviceId, name);
    return client.call(press.action, press.parameters, caller, startedAt).then(
      ({ requestId }) => {
        settle(true);
        return { answer: { requestId }, by: 'sent', tokenHash };
      },
      (cause) => {
        let answer: ConfirmAnswer | undefined;
        try {
          if (cause instanceof ClaimLost) throw cause;
          answer = errorAnswerFrom(cause, press.device, presser.reporter);
          return { answer, by: 'sent', tokenHash };
        } finally {
          settle(answer !== undefined && mayHaveStarted(answer));
        }
      },
    );
  }

  /** The call under a claim of the device that all replicas know; or another's answer. */
  async function callAmongReplicas<Parameters extends object>(
    sending: Sending<Parameters>,
  ): Promise<Confirmed<ConfirmAnswer>> {
    const { press, caller, deadline, aboutToSend } = sending;
    for (let isLate = false; ; isLate = true) {
      const device = await replicas.claim(
        caller.owner,
        press.device,
        deadline,
        () => client.canSendNow(caller),
        // Another's answer will be kept under this press's key, so the key must hold from now on.
        () => aboutToSend?.(),
        isLate,
        // Its token is not known here. Without a router that names users, all tokens of a user are the same.
        (answer) => caller.tokenHash === caller.owner || !isOfToken(answer),
      );
      if (device.kind === 'answered') return { answer: device.answer, by: 'shared' };
      try {
        const confirmed = await call(sending, device);
        if (device.claim) replicas.end(device.claim, confirmed.answer);
        return confirmed;
      } catch (cause) {
        device.claim?.free();
        if (!(cause instanceof ClaimLost && cause.of === 'device')) throw cause;
      }
    }
  }

  /** @throws ClaimLost if the key's claim was lost; NoAnswer if another replica's answer does not come */
  return <Parameters extends object>(sending: Sending<Parameters>): Promise<Confirmed<ConfirmAnswer>> =>
    replicas.isAlone ? call(sending, ALONE) : callAmongReplicas(sending);
}

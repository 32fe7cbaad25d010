// One attempt of a call: asked of the circuit, in its place, sent, understood. Reads and confirms have a side each, with a circuit
// and connections of its own, so that neither can spoil the other's.

import type { Admission, Kind, PlaceOf } from './admission';
import { type AnsweredCall, fieldsOf, type Reply } from './answer';
import type { BreakerState } from './breaker';
import type { CallTime } from './callTime';
import { type Circuits, createCircuits } from './circuits';
import { NotSent } from './errors';
import { provesToken, signOf } from './failures';
import type { Caller } from './report';
import type { SpareFate } from './spares';
import { createWire, type WireOptions } from './wire';

export interface SideOptions extends Omit<WireOptions, 'spares'> {
  kind: Kind;
  url: URL;
  admission: Admission;
  onBreakerChange: (calls: Kind, state: BreakerState) => void;
  /** A call is made of a user whose token the platform knows. */
  onUser: () => void;
  /** Given where there are to be spare connections: told what becomes of each. */
  onSpare?: (fate: SpareFate) => void;
}

export interface Side {
  /**
   * Posts the body once its place is there, and returns the fields of the answer.
   *
   * @param isRepeat whether it is not the first of its call
   * @throws NoPlace, NotSent, WireFailure, and what `fieldsOf` throws
   */
  attempt(
    body: string,
    call: AnsweredCall,
    time: CallTime,
    caller: Caller,
    isRepeat: boolean,
  ): Promise<Record<string, unknown>>;
  /** Whether an attempt would be sent at once. */
  canSendNow(caller: Caller): boolean;
  /** A user is there, who may soon ask for something on this side. */
  userIsThere(): void;
  readonly circuits: Circuits;
  close(): Promise<void>;
}

export function createSide(options: SideOptions): Side {
  const { kind, url, admission, onBreakerChange, onUser, onSpare, ...wireOptions } = options;
  const circuits = createCircuits((state) => onBreakerChange(kind, state));
  const wire = createWire(url, {
    ...wireOptions,
    spares: onSpare && { mayDial: circuits.isClosedForAll, onSpare },
  });

  /** @throws NotSent if the circuit is open */
  function checkCircuit(requestId: string, owner: string): void {
    const retryAfterMs = circuits.refusedForMs(owner);
    if (retryAfterMs === undefined) return;
    const message = 'The platform has not been answering; it is not asked for a moment.';
    throw new NotSent(message, requestId, { retryAfterMs, isHeldBack: circuits.isClosedForAll() });
  }

  function prove(user: PlaceOf): void {
    if (!user.isProven) onUser();
    admission.prove(user);
  }

  return {
    async attempt(body, call, time, caller, isRepeat) {
      checkCircuit(call.requestId, caller.owner);
      const place = admission.enter(caller, kind, time.toWaitMs());
      const user = place instanceof Promise ? await place : place;
      let limitMs: number;
      try {
        const ready = caller.beforeSend?.(call.requestId);
        if (ready) await ready;
        // The circuit may have opened while this call waited.
        if (user !== place || ready) checkCircuit(call.requestId, caller.owner);
        limitMs = time.begin();
      } catch (cause) {
        admission.leave(user, kind);
        throw cause;
      }
      const report = circuits.begin(user.owner, user.isProven);
      // The user's place is given back when it is free again.
      const posted = wire.post(body, limitMs, isRepeat, () => admission.leave(user, kind));
      // Whom the platform does not know cannot confirm: they are there once it has answered them.
      if (user.isProven) onUser();
      let reply: Reply;
      try {
        reply = await posted;
      } catch (cause) {
        report(signOf(cause, time.wasWhole(), kind));
        throw cause;
      }
      report('answers');
      try {
        const fields = fieldsOf(reply, call);
        prove(user);
        return fields;
      } catch (cause) {
        if (provesToken(cause)) prove(user);
        throw cause;
      }
    },
    canSendNow: ({ owner }) => circuits.isClosedFor(owner) && admission.hasPlaceFor(owner, kind),
    userIsThere: wire.userIsThere,
    circuits,
    close: wire.close,
  };
}

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

export interface Attempt {
  readonly body: string;
  readonly call: AnsweredCall;
  readonly time: CallTime;
  readonly caller: Caller;
  /** Whether it is not the first of its call. */
  readonly isRepeat: boolean;
}

type Fields = Record<string, unknown>;

export interface Side {
  /**
   * Posts the body once its place is there, and resolves with the fields of the answer.
   *
   * @throws NoPlace, NotSent, WireFailure, and what `fieldsOf` throws: at once or later
   */
  attempt(attempt: Attempt): Promise<Fields>;
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

  /** The attempt has its place. */
  function prepared(attempt: Attempt, user: PlaceOf, hasWaited: boolean): Promise<Fields> {
    const { caller, call, time } = attempt;
    // One promise for all that is waited for: a promise of a promise costs three more turns.
    return new Promise((resolve, reject) => {
      const left = (cause: unknown): void => {
        admission.leave(user, kind);
        reject(cause);
      };
      let ready: Promise<void> | undefined;
      const send = (): void => {
        let limitMs: number;
        try {
          // The circuit may have opened while this call waited.
          if (hasWaited || ready) checkCircuit(call.requestId, caller.owner);
          limitMs = time.begin();
        } catch (cause) {
          left(cause);
          return;
        }
        post(attempt, user, limitMs, resolve, reject);
      };
      try {
        ready = caller.beforeSend?.(call.requestId);
      } catch (cause) {
        left(cause);
        return;
      }
      if (ready) ready.then(send, left).catch(reject);
      else send();
    });
  }

  function post(
    { body, call, time, isRepeat }: Attempt,
    user: PlaceOf,
    limitMs: number,
    resolve: (fields: Fields) => void,
    reject: (cause: unknown) => void,
  ): void {
    const report = circuits.begin(user.owner, user.isProven);
    wire.post(body, limitMs, isRepeat, {
      answered(reply) {
        report('answers');
        try {
          resolve(understood(reply, call, user));
        } catch (cause) {
          reject(cause);
        }
      },
      failed(cause) {
        report(signOf(cause, time.wasWhole(), kind));
        reject(cause);
      },
      // The user's place is given back when it is free again.
      done: () => admission.leave(user, kind),
    });
    // Whom the platform does not know cannot confirm: they are there once it has answered them.
    if (user.isProven) onUser();
  }

  function understood(reply: Reply, call: AnsweredCall, user: PlaceOf): Fields {
    try {
      const fields = fieldsOf(reply, call);
      prove(user);
      return fields;
    } catch (cause) {
      if (provesToken(cause)) prove(user);
      throw cause;
    }
  }

  return {
    attempt(attempt) {
      const { call, time, caller } = attempt;
      checkCircuit(call.requestId, caller.owner);
      const place = admission.enter(caller, kind, time);
      return place instanceof Promise
        ? place.then((user) => prepared(attempt, user, true))
        : prepared(attempt, place, false);
    },
    canSendNow: ({ owner }) => circuits.isClosedFor(owner) && admission.hasPlaceFor(owner, kind),
    userIsThere: wire.userIsThere,
    circuits,
    close: wire.close,
  };
}

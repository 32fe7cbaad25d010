// Which confirms are so recent that the platform may still show what was before them. Remembers that we sent, never an answer of
// the platform's; losing it re-opens an ambiguity and never invents an end.

import { randomUUID } from 'node:crypto';
import { flat } from '../tokenapi/flat';
import { ownName, sendingName, settlingName } from './names';
import type { Endings } from './store/endings';
import { createMemory } from './store/memory';
import type { PatientStore } from './store/patience';
import type { Store, Stored } from './store/store';

/** From a confirm's answer on. A judgement: no source says how long the platform shows the previous upgrade's end. */
export const SETTLING_MS = 15_000;
/** Confirms that are remembered at once in this process. The least recently used is forgotten first. */
export const SETTLING_LIMIT = 50_000;
/** So long a read waits for a store that does not answer; then this process's own memory serves. */
const STORE_MS = 250;

/** What a read of an upgrade's status shows. */
export interface StatusRead {
  /** It may be from before a confirm: an end, a waiting for the user, nothing. */
  readonly mayBeOld: boolean;
  /** It shows an upgrade that moves, which ends the settling once that is remembered. */
  readonly isMoving: boolean;
  /** When the read began, by `performance.now()`. */
  readonly readAt: number;
  /** Rather late than wrong: a store that is away for a moment is waited for. */
  readonly isPatient: boolean;
}

export interface Settling {
  /**
   * Before the send: from here on, what is read may be from before it.
   *
   * @param name that of the device in this process, if it is known already
   * @returns what to call after the answer; `mayHaveStarted` false: nothing was, and an earlier confirm settles on as it did
   */
  begin(owner: string, deviceId: string, name?: string): (mayHaveStarted: boolean) => void;
  /** Whether what was read is to be answered as SETTLING, since it may be from before a confirm. */
  isSettling(owner: string, deviceId: string, read: StatusRead): Promise<boolean>;
  /**
   * What was read moving is known to the other replicas, too, and tells an end from an older one: it settles no more. Before, an older
   * end would have nothing left that tells it.
   */
  end(owner: string, deviceId: string): void;
}

export interface SettlingOptions {
  /** Of a confirm. */
  timeoutMs: number;
  endings: Endings;
  /** What replicas share. */
  shared: Store | undefined;
  /** The same, which waits. */
  patient: PatientStore | undefined;
}

/** A mark in either memory counts. A missing one says nothing: another replica cannot know more than this process does of its own. */
export function createSettling({ timeoutMs, endings, shared, patient }: SettlingOptions): Settling {
  /** Of confirms under way in this process, which are as many as admission lets in. */
  const sending = new Map<string, number>();
  // Stryker disable next-line StringLiteral: any word but `refuse` means the same.
  const answered = createMemory<number>({ limit: SETTLING_LIMIT, whenFull: 'forget' });
  /** The marks whose upgrades were seen moving, one a line. */
  const movedMarks = createMemory<string>({ limit: SETTLING_LIMIT, whenFull: 'forget' });
  const sendingMs = timeoutMs + SETTLING_MS;
  /** Together, no other process has the same. */
  const ofProcess = randomUUID();
  /** Confirms are counted. For other replicas, a mark is a text. */
  const sentText = (confirm: number) => textOf('sent', `${ofProcess}-${confirm}`);
  let count = 0;

  /** The marks that replicas share: of a confirm under way, and of an answered one. */
  async function sharedMarks(owner: string, deviceId: string, isPatient: boolean): Promise<(Stored | undefined)[]> {
    if (!shared || !patient) return [];
    const names = [sendingName(owner, deviceId), settlingName(owner, deviceId)];
    const get = (name: string) => (isPatient ? patient.getAfterOthers(name) : shared.get(name, STORE_MS));
    return Promise.all(names.map(get)).catch(() => []);
  }

  return {
    begin(owner, deviceId, key = ownName(owner, deviceId)) {
      const confirm = ++count;
      sending.set(key, confirm);
      const entry = shared && { name: sendingName(owner, deviceId), text: sentText(confirm), ttlMs: sendingMs };
      if (entry) unawaited(shared.put(entry));
      return (mayHaveStarted) => {
        if (mayHaveStarted) answered.put(key, confirm, SETTLING_MS);
        if (sending.get(key) === confirm) sending.delete(key);
        if (!entry) return;
        const { name, text } = entry;
        if (mayHaveStarted) unawaited(patient?.put({ name: settlingName(owner, deviceId), text, ttlMs: SETTLING_MS }));
        endings.write({ name, expected: [text], until: performance.now() + sendingMs });
      };
    },
    async isSettling(owner, deviceId, { mayBeOld, isMoving, readAt, isPatient }) {
      const key = ownName(owner, deviceId);
      const [sendingElsewhere, answeredElsewhere] = await sharedMarks(owner, deviceId, isPatient);
      const isSending = sending.has(key) || sendingElsewhere !== undefined;
      const own = answered.get(key);
      // Another replica has seen it move.
      const hasMoved = own !== undefined && answeredElsewhere && answeredElsewhere.text === movedText(sentText(own));
      if (hasMoved) answered.remove(key);
      const marks: Stored[] =
        own === undefined || hasMoved ? [] : [{ text: sentText(own), remainingMs: answered.remainingMs(key) }];
      if (answeredElsewhere && !isMoved(answeredElsewhere.text)) marks.push(answeredElsewhere);
      if (!isSending && marks.length === 0) return false;
      // Only a read that began after the answer can have seen what the confirm started.
      const readMs = performance.now() - readAt;
      if (isMoving && !isSending && marks.every((mark) => ageOf(mark) >= readMs))
        movedMarks.put(key, flat(marks.map(({ text }) => text).join('\n')), SETTLING_MS);
      return mayBeOld;
    },
    end(owner, deviceId) {
      const key = ownName(owner, deviceId);
      const moved = movedMarks.get(key);
      // No confirm that settles has been seen moving here, which is so at almost every look.
      if (moved === undefined) return;
      const marks = new Set(moved.split('\n'));
      movedMarks.remove(key);
      const own = answered.get(key);
      // Another confirm may have been answered since.
      if (own !== undefined && marks.has(sentText(own))) answered.remove(key);
      const name = settlingName(owner, deviceId);
      for (const mark of marks) unawaited(shared?.replace({ name, text: movedText(mark), ttlMs: SETTLING_MS }, [mark]));
    },
  };
}

const ageOf = ({ remainingMs }: Stored): number => SETTLING_MS - remainingMs;

/** `sent`: a confirm that may have started something. `moved`: the same, once its upgrade has been seen moving. */
const textOf = (state: 'sent' | 'moved', id: string): string => flat(`{"v":1,"state":"${state}","id":"${id}"}`);
const MOVED = '{"v":1,"state":"moved",';
const isMoved = (text: string): boolean => text.startsWith(MOVED);
const movedText = (sent: string): string => sent.replace('"sent"', '"moved"');

/**
 * Nobody waits for it: a command is on its way to Redis before the confirm is to the platform, and the store itself reports when
 * Redis is gone.
 */
const unawaited = (command: Promise<unknown> | undefined) => void command?.catch(() => undefined);

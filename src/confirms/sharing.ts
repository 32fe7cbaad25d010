// Presses that come while the answer to the same press is under way wait for that answer and cause no call of their own.

import type { ConfirmedBy } from './report';

export interface Confirmed<Answer> {
  answer: Answer;
  by: ConfirmedBy;
  /** The hash of the token that it was sent with, if this process sent it. */
  tokenHash?: string | undefined;
}

/** A press that came while an answer was under way, and waits for it. */
interface Follower<Answer> {
  abandoned: () => boolean;
  resolve(confirmed: Confirmed<Answer>): void;
  reject(cause: unknown): void;
}

export interface Sharing<Answer> {
  /** Whether an answer is under way that a press of this name would wait for. */
  isUnderWay(name: string): boolean;
  /**
   * @param name what the presses have in common
   * @param abandoned true once this press's own client has left
   * @param start finds the answer; it is given the question whether all who wait for it have left
   */
  share(
    name: string,
    abandoned: () => boolean,
    start: (abandoned: () => boolean) => Promise<Confirmed<Answer>>,
  ): Promise<Confirmed<Answer>>;
}

export function createSharing<Answer>(): Sharing<Answer> {
  /**
   * The followers of each answer that is under way, and nothing of the press that started it: V8 leaves a grown map's former
   * tables to the garbage collector, and a first press in them would keep its whole request alive.
   */
  const followers = new Map<string, Follower<Answer>[]>();

  return {
    isUnderWay: (name) => followers.has(name),
    share(name, abandoned, start) {
      const waiting = followers.get(name);
      if (waiting) return new Promise((resolve, reject) => waiting.push({ abandoned, resolve, reject }));
      const own: Follower<Answer>[] = [];
      const started = start(() => abandoned() && own.every((follower) => follower.abandoned()));
      followers.set(name, own);
      return started.then(
        (confirmed) => {
          followers.delete(name);
          for (const { resolve } of own) resolve({ ...confirmed, by: 'shared' });
          return confirmed;
        },
        (cause) => {
          followers.delete(name);
          for (const { reject } of own) reject(cause);
          throw cause;
        },
      );
    },
  };
}

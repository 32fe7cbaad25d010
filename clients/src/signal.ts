// Aborting and waiting, where there may be neither AbortController nor DOMException: a mini program has neither.

/** As much of an `AbortSignal` as is needed. An `AbortSignal` is one. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Thrown by whatever was aborted. Its name is that of the platform's own. */
export class AbortError extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('This was aborted.');
  }
}

export interface Abort {
  readonly signal: Signal;
  abort(): void;
}

/** What `new AbortController()` makes, where there is none. @param outer aborts it, too */
export function createAbort(outer?: Signal): Abort {
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    addEventListener: (_type: 'abort', listener: () => void) => void listeners.add(listener),
    removeEventListener: (_type: 'abort', listener: () => void) => void listeners.delete(listener),
  };
  const abort = () => {
    if (signal.aborted) return;
    signal.aborted = true;
    outer?.removeEventListener('abort', abort);
    for (const listener of [...listeners]) listener();
    listeners.clear();
  };
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort);
  return { signal, abort };
}

/** Resolves as the work does. @throws AbortError as soon as it is aborted, whether the work ends or not */
export function unlessAborted<T>(work: Promise<T>, signal: Signal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(new AbortError());
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    work.then(resolve, reject).then(() => signal.removeEventListener('abort', leave));
  });
}

declare function setTimeout(run: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;

/** Runs it after so many milliseconds. @returns a way to call it off */
export function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** @throws AbortError */
export async function pause(ms: number, signal?: Signal): Promise<void> {
  let callOff: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    callOff = after(ms, resolve);
  });
  await unlessAborted(over, signal).finally(callOff);
}

/** So that many who were told the same pause do not come back together: up to a quarter more. */
export const jittered = (ms: number): number => ms + Math.random() * Math.min(ms / 4, 1000);

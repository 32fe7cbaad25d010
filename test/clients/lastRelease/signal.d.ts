/** As much of an `AbortSignal` as is needed. An `AbortSignal` is one. */
export interface Signal {
    readonly aborted: boolean;
    addEventListener(type: 'abort', listener: () => void): void;
    removeEventListener(type: 'abort', listener: () => void): void;
}
/** Thrown by whatever was aborted. Its name is that of the platform's own. */
export declare class AbortError extends Error {
    readonly name = "AbortError";
    constructor();
}
export interface Abort {
    readonly signal: Signal;
    abort(): void;
}
/** What `new AbortController()` makes, where there is none. @param outer aborts it, too */
export declare function createAbort(outer?: Signal): Abort;
/** Resolves as the work does. @throws AbortError as soon as it is aborted, whether the work ends or not */
export declare function unlessAborted<T>(work: Promise<T>, signal: Signal | undefined): Promise<T>;
/** Runs it after so many milliseconds. @returns a way to call it off */
export declare function after(ms: number, run: () => void): () => void;
/** @throws AbortError */
export declare function pause(ms: number, signal?: Signal): Promise<void>;
/** So that many who were told the same pause do not come back together: up to a quarter more. */
export declare const jittered: (ms: number) => number;

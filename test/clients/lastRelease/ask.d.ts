import { type Signal } from './signal.js';
import type { Request } from './transport.js';
import type { AnyError, Member } from './types.js';
/** The gateway answers within 30 s, so that what takes longer was lost on its way. */
export declare const ANSWER_MS = 35000;
/** Given the token that was not accepted, if one was not. */
export type TokenSource = string | ((rejected?: string) => string | Promise<string>);
export interface Operation<Data> {
    readonly query: string;
    /** The results in the answer; one of them is absent where no answer came. */
    members(data: Data): readonly (Member | null | undefined)[];
}
export type Answered<Data> = {
    readonly data: Data;
    readonly error?: undefined;
}
/** `isLost`: the request may have had its effect, since no answer says otherwise. */
 | {
    readonly data?: undefined;
    readonly error: AnyError;
    readonly isLost: boolean;
};
export declare const clientError: (__typename: AnyError["__typename"], code: string, nextStep: AnyError["nextStep"], message: string, retryAfterMs?: number | null) => AnyError;
/** The sends of one press so far. */
export interface Sends {
    bearer?: string;
    /** Whether the answer to one of them was lost. */
    isLost?: boolean;
}
export interface Asker {
    /** @param sends once an answer of theirs is lost, nothing is sent with another token: to the gateway, a key belongs to a token */
    <Data>(operation: Operation<Data>, variables: object, signal: Signal | undefined, sends?: Sends): Promise<Answered<Data>>;
    /** The token as a header's value, or why there is none. @param rejected the one that was not accepted */
    authorization(rejected?: string): Promise<string | AnyError>;
}
export interface AskerOptions {
    readonly url: string;
    readonly token: TokenSource;
    readonly request: Request;
}
/** Asks again once with another token, if the one at hand is not accepted and another can be had. */
export declare function createAsker({ url, token, request }: AskerOptions): Asker;
/** How often what may be repeated is repeated. */
export declare const ATTEMPTS = 5;
/** How long to wait before an attempt after this error: what it says, and longer from one to the next. */
export declare const pauseBefore: (attempt: number, { retryAfterMs }: Pick<Member, "retryAfterMs">) => number;

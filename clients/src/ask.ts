// One operation and its answer. Whatever comes instead of an answer becomes a typed error, so that an app has one way to look at
// failures; only being aborted throws.

import { AbortError, after, createAbort, jittered, type Signal, unlessAborted } from './signal.js';
import type { Incoming, Request } from './transport.js';
import type { AnyError, Member } from './types.js';

/** The gateway answers within 30 s, so that what takes longer was lost on its way. */
export const ANSWER_MS = 35_000;

/** Given the token that was not accepted, if one was not. */
export type TokenSource = string | ((rejected?: string) => string | Promise<string>);

export interface Operation<Data> {
  readonly query: string;
  /** The results in the answer; one of them is absent where no answer came. */
  members(data: Data): readonly (Member | null | undefined)[];
}

export type Answered<Data> =
  | { readonly data: Data; readonly error?: undefined }
  /** `isLost`: the request may have had its effect, since no answer says otherwise. */
  | { readonly data?: undefined; readonly error: AnyError; readonly isLost: boolean };

export const clientError = (
  __typename: AnyError['__typename'],
  code: string,
  nextStep: AnyError['nextStep'],
  message: string,
  retryAfterMs: number | null = null,
): AnyError => ({ __typename, code: `Client.${code}`, message, requestId: '', nextStep, retryAfterMs });

const signedOut = (message: string) =>
  clientError('TokenApiInvalidAccessTokenError', 'NoAccessToken', 'SIGN_IN', message);
const wrong = (message: string) => clientError('TokenApiInvalidParameterValueError', 'Refused', 'FIX_REQUEST', message);
const lost = (message: string) => ({
  error: clientError('TokenApiUnavailableError', 'NoAnswer', 'RETRY', message, 2000),
  isLost: true,
});

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: string; readonly extensions?: { readonly code?: string } }[];
}

function bodyFrom(text: string): Body {
  try {
    return (JSON.parse(text) as Body | null) ?? {};
  } catch {
    return {};
  }
}

/** What nobody executed, by the code in `errors`. The others may have been. */
const FAULTS = /^(BAD_USER_INPUT|BAD_REQUEST|GRAPHQL_|COST_|TOO_MANY_|PERSISTED_QUERY_)/;

function answerFrom<Data>({ status, body, retryAfter }: Incoming, { members }: Operation<Data>): Answered<Data> {
  const { data, errors: [first] = [] } = bodyFrom(body);
  const words = first?.message ?? `HTTP ${status}`;
  const refused = (error: AnyError) => ({ error, isLost: false });
  if (status === 200 && data && members(data as Data).every(Boolean)) return { data: data as Data };
  if (status === 401 || first?.extensions?.code === 'UNAUTHENTICATED') return refused(signedOut(words));
  if (status === 403) return refused(clientError('TokenApiNoPermissionError', 'Refused', 'GIVE_UP', words));
  if (status === 429) {
    const afterMs = Number(retryAfter) > 0 ? Number(retryAfter) * 1000 : 1000;
    return refused(clientError('TokenApiRateLimitedError', 'Refused', 'RETRY', words, afterMs));
  }
  const isFault = status === 200 ? FAULTS.test(first?.extensions?.code ?? '') : status >= 400 && status < 500;
  return isFault && status !== 408 ? refused(wrong(words)) : lost(words);
}

/** The sends of one press so far. */
export interface Sends {
  bearer?: string;
  /** Whether the answer to one of them was lost. */
  isLost?: boolean;
}

export interface Asker {
  /** @param sends once an answer of theirs is lost, nothing is sent with another token: to the gateway, a key belongs to a token */
  <Data>(
    operation: Operation<Data>,
    variables: object,
    signal: Signal | undefined,
    sends?: Sends,
  ): Promise<Answered<Data>>;
  /** The token as a header's value, or why there is none. @param rejected the one that was not accepted */
  authorization(rejected?: string): Promise<string | AnyError>;
}

export interface AskerOptions {
  readonly url: string;
  readonly token: TokenSource;
  readonly request: Request;
}

/** Asks again once with another token, if the one at hand is not accepted and another can be had. */
export function createAsker({ url, token, request }: AskerOptions): Asker {
  async function authorization(rejected?: string): Promise<string | AnyError> {
    try {
      const found = typeof token === 'string' ? token : await token(rejected?.replace(/^Bearer /, ''));
      return found ? `Bearer ${found}` : signedOut('There is no token.');
    } catch (cause) {
      return signedOut(String(cause));
    }
  }

  async function once<Data>(
    operation: Operation<Data>,
    variables: object,
    bearer: string,
    signal: Signal | undefined,
  ): Promise<Answered<Data>> {
    const waiting = createAbort(signal);
    const callOff = after(ANSWER_MS, waiting.abort);
    try {
      const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: bearer };
      const body = JSON.stringify({ query: operation.query, variables });
      const sending = request({ url, method: 'POST', headers, body, signal: waiting.signal });
      return answerFrom(await unlessAborted(sending, waiting.signal), operation);
    } catch (cause) {
      if (signal?.aborted) throw new AbortError();
      return lost(String(cause));
    } finally {
      callOff();
      waiting.abort();
    }
  }

  const isSignedOut = <Data>({ data, error }: Answered<Data>, { members }: Operation<Data>): boolean =>
    [error, ...(data === undefined ? [] : members(data))].some((member) => member?.nextStep === 'SIGN_IN');

  async function ask<Data>(
    operation: Operation<Data>,
    variables: object,
    signal?: Signal,
    sends: Sends = {},
  ): Promise<Answered<Data>> {
    const send = async (bearer: string): Promise<Answered<Data>> => {
      if (sends.isLost && sends.bearer !== bearer) return lost('The token has changed since an answer was lost.');
      sends.bearer = bearer;
      const answer = await once(operation, variables, bearer, signal);
      sends.isLost ||= answer.error !== undefined && answer.isLost;
      return answer;
    };
    if (signal?.aborted) throw new AbortError();
    const bearer = await unlessAborted(authorization(), signal);
    if (typeof bearer !== 'string') return { error: bearer, isLost: false };
    const answer = await send(bearer);
    if (typeof token === 'string' || sends.isLost || !isSignedOut(answer, operation)) return answer;
    const other = await unlessAborted(authorization(bearer), signal);
    return typeof other === 'string' && other !== bearer ? send(other) : answer;
  }

  return Object.assign(ask, { authorization });
}

/** How often what may be repeated is repeated. */
export const ATTEMPTS = 5;

/** How long to wait before an attempt after this error: what it says, and longer from one to the next. */
export const pauseBefore = (attempt: number, { retryAfterMs }: Pick<Member, 'retryAfterMs'>): number =>
  jittered(Math.max(retryAfterMs ?? 0, Math.min(500 * 2 ** attempt, 30_000)));

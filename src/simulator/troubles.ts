// Trouble that is played for one user: whoever else asks has none. Knows no device.

import { ConnectionCut, Refusal } from './refusals';

export interface Trouble {
  /** Every answer takes so long that a person waits. */
  slow: boolean;
  /** A confirm is carried out, and its answer is lost. */
  lostAnswer: boolean;
  /** Everything is refused as too much. */
  rateLimit: boolean;
  /** The token that the user has at that moment is not accepted any more. */
  tokenExpired: boolean;
  /** Every confirm is refused with this code. */
  refusal: string | null;
}

export interface Troubles {
  of(token: string): Trouble;
  change(token: string, changes: Partial<Trouble>): void;
  reset(token: string): void;
  /** @throws Refusal */
  before(token: string, action: string): void;
  /** @throws ConnectionCut */
  after(token: string, action: string): void;
  delayMs(token: string): number;
}

const CONFIRM = 'AppPublishFirmwareUpdateMessage';
const SLOW_MS = 3000;
const USERS_LIMIT = 1000;

const NONE = { slow: false, lostAnswer: false, rateLimit: false, refusal: null, expired: undefined };
type Played = Omit<Trouble, 'tokenExpired'> & { expired: string | undefined };

/** Who has signed in again has another token, and is the same user. */
export const userOf = (token: string): string => token.replace(/\.\d{1,9}$/, '');

export function createTroubles(): Troubles {
  const users = new Map<string, Played>();
  const playedFor = (token: string): Played => users.get(userOf(token)) ?? NONE;

  return {
    of: (token) => {
      const { expired, ...trouble } = playedFor(token);
      return { ...trouble, tokenExpired: expired === token };
    },
    change: (token, { tokenExpired, ...changes }) => {
      const before = playedFor(token);
      const expired = tokenExpired === undefined ? before.expired : tokenExpired ? token : undefined;
      users.set(userOf(token), { ...before, ...changes, expired });
      if (users.size > USERS_LIMIT) users.delete(users.keys().next().value!);
    },
    reset: (token) => void users.delete(userOf(token)),

    before: (token, action) => {
      const { expired, rateLimit, refusal } = playedFor(token);
      if (expired === token) throw new Refusal('InvalidParameterValue.InvalidAccessToken');
      if (rateLimit) throw new Refusal('RequestLimitExceeded');
      if (refusal !== null && action === CONFIRM) throw new Refusal(refusal);
    },
    after: (token, action) => {
      if (playedFor(token).lostAnswer && action === CONFIRM) throw new ConnectionCut();
    },
    delayMs: (token) => (playedFor(token).slow ? SLOW_MS : 0),
  };
}

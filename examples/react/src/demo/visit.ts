// Who visits the page: a user of the simulated platform with lamps of their own, kept over a reload. And the switches that play trouble
// for this user.

export interface Trouble {
  slow: boolean;
  lostAnswer: boolean;
  rateLimit: boolean;
  tokenExpired: boolean;
  refusal: string | null;
  devices: Record<string, boolean>;
}

export interface Visit {
  readonly number: number;
  /** Grows as the user signs in again: each time, it is another token of the same user. */
  readonly session: number;
}

const KEY = 'visit';

const keep = (visit: Visit): Visit => {
  sessionStorage.setItem(KEY, JSON.stringify(visit));
  return visit;
};

export const newVisit = (): Visit =>
  keep({ number: 100_000 + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 900_000), session: 0 });

export const signedIn = ({ number, session }: Visit): Visit => keep({ number, session: session + 1 });

export function currentVisit(): Visit {
  const kept = sessionStorage.getItem(KEY);
  return kept === null ? newVisit() : (JSON.parse(kept) as Visit);
}

export const tokenOf = ({ number, session }: Visit): string =>
  `demo-token-visit-${number}${session === 0 ? '' : `.${session}`}`;

/** @throws Error where the demo does not answer */
export async function trouble(
  visit: Visit,
  method: 'GET' | 'PATCH' | 'DELETE',
  changes?: Partial<Trouble>,
): Promise<Trouble> {
  const headers = { authorization: `Bearer ${tokenOf(visit)}` };
  const response = await fetch('/demo/trouble', { method, headers, ...(changes && { body: JSON.stringify(changes) }) });
  if (!response.ok) throw new Error(`expected the demo to answer, got HTTP ${response.status}`);
  return (await response.json()) as Trouble;
}

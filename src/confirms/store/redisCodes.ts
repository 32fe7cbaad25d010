// Why Redis is of no use, in a word or two: its own code, one of Node's, or one of these. Redis' own words are never passed on,
// since they may contain its URL and so its password.

import { commandOf } from './redisClient';

/** Nothing came in time. */
export const NO_ANSWER = 'NO_ANSWER';
export const NOT_CONNECTED = 'NOT_CONNECTED';
/** Too few replicas have what was written: as Redis itself says where `min-replicas-to-write` forbids a write. */
export const NOREPLICAS = 'NOREPLICAS';
/** There are not so many databases. */
export const NO_DATABASE = 'NO_DATABASE';
/** Sentinel watches nothing of this name. */
export const NO_MASTER = 'NO_MASTER';

/** Of a Cluster: the name is elsewhere, or is just being moved. */
const REDIRECTIONS: readonly string[] = ['MOVED', 'ASK', 'TRYAGAIN'];

export const isReply = (cause: unknown): boolean => Object(cause).name === 'ReplyError';

export const isRedirection = (cause: unknown): boolean => isReply(cause) && REDIRECTIONS.includes(codeOf(cause));

/** The first word of a reply such as `OOM command not allowed`, or of the reply that a script passes on. */
export function codeOf(cause: unknown): string {
  const { message = '', code } = Object(cause) as { message?: string; code?: unknown };
  if (!isReply(cause)) return typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : NOT_CONNECTED;
  if (/DB index/i.test(message)) return NO_DATABASE;
  // Within a script, what the ACL forbids has no code of its own, and no name: only the line tells which commands it may be.
  if (message.includes("can't run this command")) return ['NOPERM', ...commandsAt(cause, message)].join(' ');
  const word = /-([A-Z]{3,}) /.exec(message)?.[1] ?? /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';
  if (word !== 'NOPERM') return word;
  return `NOPERM ${/\bkeys?\b/.test(message) ? 'keys' : (commandOf(cause) ?? '')}`.trimEnd();
}

/** The commands of that line of a script at which it failed. */
function commandsAt(cause: unknown, message: string): string[] {
  const [script = ''] = (Object(Object(cause).command).args ?? []) as unknown[];
  const line = String(script).split('\n')[Number(/@user_script: ?(\d+)/.exec(message)?.[1]) - 1] ?? '';
  return [...line.matchAll(/redis\.call\('(\w+)'/g)].map(([, name = '']) => name);
}

/** Why a Sentinel was of no use: it answers with nothing where it does not know the name. */
export const sentinelCodeOf = (cause: unknown): string => {
  const message = String(Object(cause).message);
  if (/No such master|invalid reply/.test(message)) return NO_MASTER;
  return /\b(WRONGPASS|NOAUTH|NOPERM|ERR_TLS_[A-Z_]+|E[A-Z]{4,})\b/.exec(message)?.[0] ?? NOT_CONNECTED;
};

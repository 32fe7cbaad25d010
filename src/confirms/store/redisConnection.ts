// One connection to Redis that is either of use at once or says that it is not. While Redis does not answer, nothing is queued for
// later: a claim that took effect after its request had ended would block a key although nothing was sent.

import { Redis } from 'ioredis';
import { StoreUnavailable } from './store';

/** So long a command may take that says no other time. */
export const REDIS_COMMAND_TIMEOUT_MS = 500;
/** Commands that wait for their answers at once. */
export const REDIS_COMMANDS_LIMIT = 1000;
/** Where so long was not waited, a missing answer says nothing of Redis as such. */
const PATIENT_MS = 400;
const CONNECT_TIMEOUT_MS = 1000;
/** A connection on which nothing comes for so long, although something was asked, is dropped and made anew. */
const SILENT_CONNECTION_MS = 3000;
/** Short, so that after a loss of data every replica is there to put back what it knows. */
const RECONNECT_LIMIT_MS = 200;

/** Why Redis is of no use, in a word: its own code, one of Node's, or one of these two. */
const NO_ANSWER = 'NO_ANSWER';
export const NOT_CONNECTED = 'NOT_CONNECTED';

type Command<Answer> = (redis: Redis) => Promise<Answer>;

export interface RedisConnection {
  /**
   * The answer to a command. After one that got none, commands are refused at once, until one of `probe` gets an answer.
   *
   * @throws StoreUnavailable
   */
  ask<Answer>(command: Command<Answer>, limitMs?: number): Promise<Answer>;
  /** The same, and never refused at once. @throws StoreUnavailable */
  probe<Answer>(command: Command<Answer>, limitMs?: number): Promise<Answer>;
  connect(): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectionListeners {
  /** A connection is there, and has not been tried. */
  connected(): void;
  failed(code: string): void;
}

export function createRedisConnection(url: string, listeners: ConnectionListeners): RedisConnection {
  const redis = new Redis(url, {
    keyPrefix: 'firmware-gateway:',
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // What a connection is good for, the first write shows: INFO may be forbidden.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENT_CONNECTION_MS,
    retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_LIMIT_MS),
    // After a failover the name may lead to another server than the one that can no longer write.
    reconnectOnError: (cause) => codeOf(cause) === 'READONLY',
  });
  let underWay = 0;
  /** The last command got no answer in time. The next one that does shows that waiting is of use again. */
  let isSilent = false;
  /** The same of a command that had little time: then those with more may still be in time. */
  let isSlow = false;

  redis.on('ready', listeners.connected);
  redis.on('close', () => listeners.failed(NOT_CONNECTED));
  redis.on('error', (cause) => listeners.failed(codeOf(cause)));

  function probe<Answer>(command: Command<Answer>, limitMs = REDIS_COMMAND_TIMEOUT_MS): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const unavailable = (code: string, mayHaveWorked: boolean) => {
        listeners.failed(code);
        // Redis' own words are dropped, since they may contain its URL and so its password.
        reject(new StoreUnavailable(`Redis is of no use: ${code}.`, mayHaveWorked));
      };
      if (redis.status !== 'ready') return unavailable(NOT_CONNECTED, false);
      if (underWay >= REDIS_COMMANDS_LIMIT) return reject(new StoreUnavailable('Too many commands wait for Redis.'));
      underWay++;
      let isOver = false;
      // After a stall of the process, an answer that has come by then is read before it is given up.
      const timer = setTimeout(() => setImmediate(giveUp), limitMs);
      const giveUp = () => {
        if (isOver) return;
        if (limitMs < PATIENT_MS) isSlow = true;
        else isSilent = true;
        if (isSilent) return unavailable(NO_ANSWER, true);
        reject(new StoreUnavailable('Redis has not answered in time.', true));
      };
      const ended = () => {
        isOver = true;
        underWay--;
        clearTimeout(timer);
      };
      command(redis).then(
        (answer) => {
          ended();
          isSilent = isSlow = false;
          resolve(answer);
        },
        (cause) => {
          ended();
          const isReply = cause?.name === 'ReplyError';
          if (isReply) isSilent = isSlow = false;
          unavailable(codeOf(cause), !isReply);
        },
      );
    });
  }

  return {
    probe,
    async ask(command, limitMs) {
      const isImpatient = limitMs !== undefined && limitMs < PATIENT_MS;
      if (isSilent || (isSlow && isImpatient)) throw new StoreUnavailable('Redis has not been answering.');
      return probe(command, limitMs);
    },
    // A name that cannot be reached is tried again and again: the gateway serves either way.
    connect: () => redis.connect().catch(() => undefined),
    async close() {
      const isClosed = redis.quit().then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([isClosed, new Promise((resolve) => setTimeout(resolve, REDIS_COMMAND_TIMEOUT_MS).unref())]);
      redis.disconnect();
    },
  };
}

/** The first word of a reply such as `OOM command not allowed`, or of the reply that a script passes on. */
function codeOf(cause: unknown): string {
  const { name, message = '', code } = Object(cause) as { name?: string; message?: string; code?: unknown };
  if (name !== 'ReplyError') return typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : NOT_CONNECTED;
  // Within a script, what the ACL forbids has no code of its own.
  if (message.includes("can't run this command")) return 'NOPERM';
  return /-([A-Z]{3,}) /.exec(message)?.[1] ?? /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';
}

// A connection to Redis that is either of use at once or says that it is not. While Redis does not answer, nothing is queued for
// later: a claim that took effect after its request had ended would block a key although nothing was sent.

import type { RedisAddress } from './redisAddress';
import { createRedisClient, type RedisClient, within } from './redisClient';
import { codeOf, isReply, NO_ANSWER, NO_DATABASE, NOT_CONNECTED, sentinelCodeOf } from './redisCodes';
import { StoreUnavailable } from './store';

/** So long a command may take that says no other time. */
export const REDIS_COMMAND_TIMEOUT_MS = 500;
/** Commands that wait for their answers at once. */
export const REDIS_COMMANDS_LIMIT = 1000;
/** Where so long was not waited, a missing answer says nothing of Redis as such. */
const PATIENT_MS = 400;

type Command<Answer> = (client: RedisClient) => Promise<Answer>;

export interface RedisConnection {
  readonly client: RedisClient;
  /**
   * The answer to a command. After one that got none, those for the same server are refused at once, until one of `probe` gets an
   * answer from it.
   *
   * @param name which the command is about: it says which server of a Cluster is asked
   * @throws StoreUnavailable
   */
  ask<Answer>(name: string, command: Command<Answer>, limitMs?: number): Promise<Answer>;
  /** The same, and never refused at once. @throws StoreUnavailable */
  probe<Answer>(name: string, command: Command<Answer>, limitMs?: number): Promise<Answer>;
  /** Whether Redis has no database of this number, so that nothing will ever work. */
  lacksDatabase(): boolean;
  /** Resolves once connected, or after a moment without it. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectionListeners {
  /** A connection is there, and has not been tried. */
  connected(): void;
  failed(code: string): void;
}

export function createRedisConnection(address: RedisAddress, listeners: ConnectionListeners): RedisConnection {
  let lacksDatabase = false;
  const client = createRedisClient(address, {
    ready: listeners.connected,
    closed: () => listeners.failed(NOT_CONNECTED),
    error(cause) {
      const code = codeOf(cause);
      if (code === NO_DATABASE) lacksDatabase = true;
      listeners.failed(code);
    },
    sentinelError: (cause) => listeners.failed(sentinelCodeOf(cause)),
  });
  let underWay = 0;
  /**
   * Servers whose last command got no answer in time: the next one that does shows that waiting is of use again. `slow`: it had
   * little time, and those with more may still be in time.
   */
  const silences = new WeakMap<object, 'silent' | 'slow'>();
  const serverOf = (name: string): object => client.primaryOf(name) ?? client;

  function probe<Answer>(name: string, command: Command<Answer>, limitMs = REDIS_COMMAND_TIMEOUT_MS): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const unavailable = (code: string, mayHaveWorked: boolean) => {
        listeners.failed(code);
        reject(new StoreUnavailable(`Redis is of no use: ${code}.`, mayHaveWorked));
      };
      if (!client.isReady()) return unavailable(NOT_CONNECTED, false);
      if (underWay >= REDIS_COMMANDS_LIMIT) return reject(new StoreUnavailable('Too many commands wait for Redis.'));
      const server = serverOf(name);
      underWay++;
      let isOver = false;
      // After a stall of the process, an answer that has come by then is read before it is given up.
      const timer = setTimeout(() => setImmediate(giveUp), limitMs);
      const giveUp = () => {
        if (isOver) return;
        if (limitMs >= PATIENT_MS) silences.set(server, 'silent');
        else if (!silences.has(server)) silences.set(server, 'slow');
        if (silences.get(server) === 'silent') return unavailable(NO_ANSWER, true);
        reject(new StoreUnavailable('Redis has not answered in time.', true));
      };
      const ended = () => {
        isOver = true;
        underWay--;
        clearTimeout(timer);
      };
      command(client).then(
        (answer) => {
          ended();
          silences.delete(server);
          resolve(answer);
        },
        (cause) => {
          ended();
          if (isReply(cause)) silences.delete(server);
          unavailable(codeOf(cause), !isReply(cause));
        },
      );
    });
  }

  return {
    client,
    probe,
    async ask(name, command, limitMs) {
      const silence = silences.get(serverOf(name));
      const isImpatient = limitMs !== undefined && limitMs < PATIENT_MS;
      if (silence === 'silent' || (silence && isImpatient)) throw new StoreUnavailable('Redis has not been answering.');
      return probe(name, command, limitMs);
    },
    lacksDatabase: () => lacksDatabase,
    // What cannot be reached is tried again and again: the gateway serves either way.
    connect: client.connect,
    async close() {
      await within(REDIS_COMMAND_TIMEOUT_MS, client.quit());
      client.disconnect();
    },
  };
}

// Upgrades that are followed: one poller for each device of each user, however many watch it. Knows no transport.

import { randomUUID } from 'node:crypto';
import type { Confirms } from '../confirms/confirms';
import {
  Context,
  type ContextReporter,
  type Live,
  type LiveEnd,
  type LiveEvent,
  type Services,
} from '../context/context';
import type { Device } from '../graph/device';
import type { TokenApiClient } from '../tokenapi/client';
import { OverShare } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import { createPollPace } from './pace';
import { Poller } from './poller';
import { type Look, Progress } from './progress';
import { Watcher } from './watcher';

/** Then a stream ends, and whoever still wants it asks again. */
export const LIVE_STREAM_MS = 3_600_000;

export interface LiveOptions {
  client: TokenApiClient;
  confirms: Confirms;
  streams: number;
  streamsPerUser: number;
  callsPerSecond: number;
  callsPerSecondPerUser: number;
  /** Reads how far a device's upgrade is. Never throws. */
  look: (device: Device, context: Context) => Promise<Look>;
  /** What is answered in place of a read that was not made. */
  unreadFrom: (cause: unknown) => Look;
  reporter: () => ContextReporter;
  /** A device was looked at once for so many streams. */
  onPoll(watchers: number): void;
  /** A poll had to wait for its turn for so long that what is told is old. */
  onPollLate(): void;
  streamMs?: number;
}

export interface LiveUpgrades extends Live {
  streams(): number;
  pollers(): number;
  waiting(): number;
  /** Ends every stream within so long, evenly, so that those who come again do not come at once. New ones end at once. */
  close(withinMs: number): Promise<void>;
}

export function createLive(options: LiveOptions): LiveUpgrades {
  const { client, confirms, look, unreadFrom, reporter, streamMs = LIVE_STREAM_MS } = options;
  const pace = createPollPace({
    perSecond: options.callsPerSecond,
    perSecondPerUser: options.callsPerSecondPerUser,
    isBusy: () => client.admission.queued() > 0,
    onLate: options.onPollLate,
  });
  const pollers = new Map<string, Poller>();
  const watchers = new Set<Watcher>();
  const streamsOf = new Map<string, number>();
  const services: Services = { client, confirms, live: { watch } };
  let isClosing = false;

  /** A read that an event causes besides. */
  const callInTurn: TokenApiClient['call'] = async (action, parameters, caller, startedAt) => {
    await new Promise<void>((resolve) => pace.wait(caller.owner, resolve));
    return client.call(action, parameters, caller, startedAt);
  };

  const paced: Services = { ...services, client: { ...client, call: callInTurn } };
  const contextOf = ({ token }: Caller, given: Services) =>
    new Context(given, {
      reporter: reporter(),
      authorization: `Bearer ${token}`,
      idempotencyKey: undefined,
      abandoned: () => false,
    });

  function eventOf(context: Context, device: Device, told: Look): LiveEvent {
    context.setUpgrade(device.id, told);
    return { device, context };
  }

  function pollerOf(device: Device, caller: Caller): Poller {
    const { owner } = caller;
    const name = `${owner} ${device.id}`;
    let poller = pollers.get(name);
    if (!poller) {
      const sources = {
        owner,
        wait: (run: () => void) => pace.wait(owner, run),
        look: (of: Device) => look(of, contextOf(caller, services)),
        eventOf: (of: Device, told: Look) => eventOf(contextOf(caller, paced), of, told),
        followed: async () => new Progress(await confirms.followed.get(owner, device.id)),
        remember({ following }: Progress) {
          if (following) confirms.followed.put(owner, device.id, following);
        },
        polled: options.onPoll,
      };
      poller = new Poller(device, sources, () => pollers.delete(name));
      pollers.set(name, poller);
    }
    return poller;
  }

  function watch(devices: readonly Device[], context: Context): AsyncIterableIterator<LiveEvent, LiveEnd | undefined> {
    let caller: Caller;
    try {
      if (context.isCrowded) throw new OverShare('This connection has too many operations.', randomUUID());
      caller = context.caller(() => false);
      const own = streamsOf.get(caller.owner) ?? 0;
      if (own >= options.streamsPerUser) throw new OverShare('This user has too many streams.', randomUUID());
      if (watchers.size >= options.streams) throw new OverShare('There are too many streams.', randomUUID());
      streamsOf.set(caller.owner, own + 1);
    } catch (cause) {
      return refusal(devices[0], context, unreadFrom(cause));
    }
    const { owner } = caller;
    const watcher = new Watcher(
      devices.map((device) => pollerOf(device, caller)),
      () => {
        clearTimeout(timer);
        watchers.delete(watcher);
        const left = (streamsOf.get(owner) ?? 1) - 1;
        if (left > 0) streamsOf.set(owner, left);
        else streamsOf.delete(owner);
      },
    );
    const timer = setTimeout(() => watcher.complete('expired'), streamMs).unref();
    watchers.add(watcher);
    if (isClosing) watcher.complete('leaving');
    return watcher;
  }

  /** One event that says why, and the end. */
  async function* refusal(device: Device | undefined, context: Context, why: Look): AsyncGenerator<LiveEvent, LiveEnd> {
    if (device) yield eventOf(context, device, why);
    return 'refused';
  }

  confirms.onConfirmed((owner, deviceId) => pollers.get(`${owner} ${deviceId}`)?.pressed());

  return {
    watch,
    streams: () => watchers.size,
    pollers: () => pollers.size,
    waiting: pace.waiting,
    async close(withinMs) {
      isClosing = true;
      const all = [...watchers];
      await Promise.all(
        all.map(
          (watcher, i) =>
            new Promise<void>((resolve) =>
              setTimeout(
                () => {
                  watcher.complete('leaving');
                  resolve();
                },
                (withinMs * i) / all.length,
              ),
            ),
        ),
      );
    },
  };
}

// Upgrades that are followed: one poller for each device of each user, however many watch it. Knows no transport.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Confirms } from '../confirms/confirms';
import { BELIEVED_AFTER_MS } from '../confirms/followed';
import { shownOf } from '../confirms/followedUpgrade';
import {
  Context,
  type ContextReporter,
  type Live,
  type LiveEvent,
  type LiveFeed,
  type Services,
  type UpgradeSource,
} from '../context/context';
import { FeedOfOne } from '../context/feed';
import type { Device } from '../graph/device';
import type { TokenApiClient } from '../tokenapi/client';
import { NoAnswer, OverShare } from '../tokenapi/errors';
import type { Caller } from '../tokenapi/report';
import { TurnRank } from './lines';
import type { Look } from './look';
import { createPollPace } from './pace';
import { Poller } from './poller';
import { Progress } from './progress';
import type { Sources } from './sources';
import { Streams, type StreamsLimits } from './streams';
import { Watcher } from './watcher';

/** Then a stream ends, and whoever still wants it asks again. */
export const LIVE_STREAM_MS = 3_600_000;

/** Limits that differ from the documented ones: for tests, which cannot wait so long. */
export interface LiveLimits {
  streamMs?: number;
  believedAfterMs?: number;
}

export interface LiveOptions extends StreamsLimits, LiveLimits {
  client: TokenApiClient;
  confirms: Confirms;
  callsPerSecond: number;
  callsPerSecondPerUser: number;
  /** Of one user, and of all: reads upstream at once. */
  userPlaces: number;
  readPlaces: number;
  /** Reads how far a device's upgrade is. */
  look: (device: Device, source: UpgradeSource) => Promise<Look>;
  /** An upgrade as it was seen before, by whichever replica. */
  upgradeOf: (seen: ReturnType<typeof shownOf>) => Look;
  /** What is answered in place of a read that was not made. */
  unreadFrom: (cause: unknown) => Look;
  reporter: () => ContextReporter;
  onBug: (bug: unknown) => void;
  /** A device was looked at once for so many streams. */
  onPoll(watchers: number): void;
  /** A poll had to wait for its turn for so long that what is told is old. */
  onPollLate(): void;
}

export interface LiveUpgrades extends Live {
  streams(): number;
  pollers(): number;
  waiting(): number;
  /** Ends every stream within so long, evenly, so that those who come again do not come at once. New ones end at once. */
  close(withinMs: number): Promise<void>;
}

/** Polls have so large a part of the places of reads, and of a user's. */
const PLACES_PART = 1 / 2;
const STRANGERS_PART = 1 / 8;

const never = () => false;

export function createLive(options: LiveOptions): LiveUpgrades {
  const { client, confirms, look, unreadFrom, reporter, onBug, readPlaces, userPlaces } = options;
  const { streamMs = LIVE_STREAM_MS, believedAfterMs = BELIEVED_AFTER_MS } = options;
  const part = (places: number, of: number) => Math.max(1, Math.floor(places * of));
  const pace = createPollPace({
    perSecond: options.callsPerSecond,
    perSecondPerUser: options.callsPerSecondPerUser,
    places: {
      all: part(readPlaces, PLACES_PART),
      user: part(userPlaces, PLACES_PART),
      strangers: part(readPlaces, STRANGERS_PART),
    },
    knows: client.knows,
    isCrowded: client.admission.isCrowded,
    onLate: options.onPollLate,
  });
  /** By user, then by token, since what one token reads is told to no other; then by device. */
  const pollersOf = new Map<string, Map<string, Map<string, Poller>>>();
  const watchers = new Set<Watcher>();
  const streams = new Streams(options, client.knows);
  const services: Services = { client, confirms, live: { watch } };
  let isClosing = false;

  /** A call that has its turn. Its second attempt is one more call. */
  const callCounted: TokenApiClient['call'] = (action, parameters, caller, startedAt) => {
    let attempts = 0;
    const beforeSend = () => {
      if (attempts++ > 0) pace.spend(caller.owner);
      return undefined;
    };
    return client.call(action, parameters, { ...caller, beforeSend }, startedAt);
  };
  /** A read that an event causes besides: somebody waits for it. */
  const callInTurn: TokenApiClient['call'] = (action, parameters, caller, startedAt) =>
    new Promise((resolve, reject) => {
      const call = () => callCounted(action, parameters, caller, startedAt).then(resolve, reject);
      pace.wait(caller.owner, call, TurnRank.EVENT);
    });

  const paced: Services = { ...services, client: { ...client, call: callInTurn } };
  function contextOf({ token, owner }: Caller): Context {
    let own: ContextReporter | undefined;
    return new Context(paced, {
      // Most events read nothing, and so have nothing to report.
      get reporter() {
        own ??= reporter();
        return own;
      },
      authorization: `Bearer ${token}`,
      owner,
      idempotencyKey: undefined,
      abandoned: never,
    });
  }
  /** What a look needs of a context: it reads once, and nothing else. */
  function sourceOf(caller: Caller): UpgradeSource {
    const { owner } = caller;
    const endsAt = performance.now() + client.operationTimeoutMs;
    const looking = { ...caller, abandoned: never, endsAt, reporter: reporter() };
    return {
      readDated: (action, parameters) => callCounted(action, parameters, looking),
      isSettling: (deviceId, read) => confirms.settling.isSettling(owner, deviceId, read),
    };
  }

  function eventOf(context: Context, device: Device, told: Look): LiveEvent {
    context.setUpgrade(device.id, told);
    return { device, context };
  }

  /** What is a bug is reported, and looks like a platform that is away. */
  const lookAt = (device: Device, caller: Caller): Promise<Look> =>
    look(device, sourceOf(caller)).catch((bug) => {
      onBug(bug);
      return unreadFrom(new NoAnswer('The answer could not be read.', randomUUID()));
    });

  const sourcesFor = ({ id }: Device, caller: Caller): Sources => ({
    wait: (run, rank) => pace.wait(caller.owner, run, rank),
    look: (of) => lookAt(of, caller),
    upgradeOf: (seen) => options.upgradeOf(shownOf(seen)),
    eventOf: (of, told) => eventOf(contextOf(caller), of, told),
    followed: () => confirms.followed.get(caller.owner, id),
    remember: (seen, before) => confirms.followed.put(caller.owner, id, seen, before),
    polled: options.onPoll,
    refused(told) {
      for (const poller of pollersOf.get(caller.owner)?.get(caller.tokenHash)?.values() ?? []) poller.end(told);
    },
  });

  function pollerOf(device: Device, caller: Caller): Poller {
    const { owner, tokenHash } = caller;
    const ofUser = pollersOf.get(owner) ?? new Map<string, Map<string, Poller>>();
    pollersOf.set(owner, ofUser);
    const pollers = ofUser.get(tokenHash) ?? new Map<string, Poller>();
    ofUser.set(tokenHash, pollers);
    let poller = pollers.get(device.id);
    if (!poller) {
      poller = new Poller(device, new Progress(believedAfterMs), sourcesFor(device, caller), () => {
        pollers.delete(device.id);
        if (pollers.size === 0 && ofUser.get(tokenHash) === pollers) ofUser.delete(tokenHash);
        if (ofUser.size === 0 && pollersOf.get(owner) === ofUser) pollersOf.delete(owner);
      });
      pollers.set(device.id, poller);
    }
    return poller;
  }

  function watch(devices: readonly Device[], context: Context): LiveFeed {
    let caller: Caller;
    try {
      if (context.isCrowded) throw new OverShare('This connection has too many operations.', randomUUID());
      caller = context.caller(() => false);
      const excess = streams.excessOf(caller.owner);
      if (excess !== undefined) throw new OverShare(excess, randomUUID());
    } catch (cause) {
      return refusal(devices[0], context, unreadFrom(cause));
    }
    const leave = streams.enter(caller.owner);
    const watcher = new Watcher(
      devices.map((device) => pollerOf(device, caller)),
      () => {
        clearTimeout(timer);
        watchers.delete(watcher);
        leave();
      },
    );
    const timer = setTimeout(() => watcher.complete('expired'), streamMs).unref();
    watchers.add(watcher);
    if (isClosing) watcher.complete('leaving');
    return watcher;
  }

  /** One event that says why, and the end. */
  function refusal(device: Device | undefined, context: Context, why: Look): LiveFeed {
    return new FeedOfOne(device && eventOf(context, device, why), 'refused');
  }

  confirms.onConfirmed((owner, deviceId, mayHaveStarted) => {
    for (const pollers of pollersOf.get(owner)?.values() ?? []) pollers.get(deviceId)?.pressed(mayHaveStarted);
  });

  return {
    watch,
    streams: () => watchers.size,
    pollers: () =>
      [...pollersOf.values()].flatMap((ofUser) => [...ofUser.values()]).reduce((sum, { size }) => sum + size, 0),
    waiting: pace.waiting,
    async close(withinMs) {
      isClosing = true;
      const all = [...watchers];
      await Promise.all(
        all.map(async (watcher, i) => {
          await pause((withinMs * i) / all.length);
          watcher.complete('leaving');
        }),
      );
    },
  };
}

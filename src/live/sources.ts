// What a poller works with: turns, looks, and what replicas share.

import type { FollowedUpgrade } from '../confirms/followedUpgrade';
import type { LiveEvent } from '../context/context';
import type { Device } from '../graph/device';
import type { TurnRank } from './lines';
import type { Look } from './look';

export interface Sources {
  /** Runs it when it is this user's turn. @returns takes it back */
  wait(run: () => Promise<void>, rank: TurnRank): () => void;
  look(device: Device): Promise<Look>;
  upgradeOf(seen: FollowedUpgrade): Look;
  /** A context for one event, in which the rest of the device is read. */
  eventOf(device: Device, look: Look): LiveEvent;
  /** How far the upgrade had been seen when it was looked at last, by whichever replica. */
  followed(): Promise<FollowedUpgrade | undefined>;
  /** Resolves once other replicas know it, or cannot be told. */
  remember(seen: FollowedUpgrade, before: FollowedUpgrade | undefined): Promise<void>;
  /** The token is refused, of whichever device that is told. */
  refused(look: Look): void;
  /** It was looked at once, for so many who watch it. */
  polled(watchers: number): void;
}

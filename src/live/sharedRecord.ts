// How far an upgrade was seen, as replicas share it: what others wrote is learned, and what is seen here is written.

import { type FollowedUpgrade, isSame } from '../confirms/followedUpgrade';
import { FirmwareUpgradePhase } from '../graph/phase';
import { isUpgrade, type Look } from './look';
import type { Progress } from './progress';
import type { Sources } from './sources';

export class SharedRecord {
  /** What was remembered last, by whichever replica. */
  latest: FollowedUpgrade | undefined;

  constructor(
    private readonly progress: Progress,
    private readonly write: Sources['remember'],
  ) {}

  /** Another replica may have seen more of it, or have confirmed. @returns whether it has */
  learn(record: FollowedUpgrade | undefined): boolean {
    const isNews = record !== undefined && !isSame(record, this.latest);
    if (isNews) this.progress.learn(record);
    this.latest = record;
    return isNews;
  }

  /** While a confirm settles it may still be refused: whoever sent it remembers it. */
  async remember(look: Look): Promise<void> {
    const { seen } = this.progress;
    if (!seen || (isUpgrade(look) && look.phase === FirmwareUpgradePhase.SETTLING)) return;
    const before = this.latest;
    this.latest = seen;
    // Before it is told: whoever is told may come to another replica at once.
    await this.write(seen, before);
  }
}

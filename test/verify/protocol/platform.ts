// The platform for the state machine: answers a device's confirms in the manner that was set, and keeps an upgrade a device, whose
// previous end it goes on showing until it is told to move.

import { answerOf, documented, refusedDocumented } from '../hostile/exchange';
import { accepted, type Fault, faultOf, type Question, unknown } from '../hostile/fault';
import { type HostileUpstream, startHostileUpstream } from '../hostile/upstream';
import type { Receipt } from '../ledger';

/** So long an answer takes: long enough that presses which are made together are under way together. */
const ANSWER_MS = 40;
const SLOW_MS = 300;

const answering = (ms: number, bodyOf: (requestId: string) => string) => (x: Parameters<Fault['play']>[0]) =>
  x.later(ms, () => x.send(answerOf(200, bodyOf(x.requestId))));
const refusing = (code: string, type: string) =>
  faultOf(
    'refusal',
    code,
    { type },
    answering(ANSWER_MS, (requestId) => refusedDocumented(requestId, code, '')),
  );

/** What the platform may do with a confirm. */
export const manners = {
  accepts: faultOf('good', 'accepts', accepted, answering(ANSWER_MS, documented)),
  'accepts slowly': faultOf('good', 'accepts slowly', accepted, answering(SLOW_MS, documented)),
  'says offline': refusing('FailedOperation.DeviceOffline', 'DeviceOfflineError'),
  'says too many': refusing('RequestLimitExceeded', 'TokenApiRateLimitedError'),
  'reports an error': refusing('InternalError', 'TokenApiInternalError'),
  'accepts and cuts': faultOf('connection dies', 'accepts and cuts', unknown, (x) => x.later(ANSWER_MS, x.reset)),
  'accepts in silence': faultOf('late', 'accepts in silence', unknown, () => undefined),
} as const satisfies Record<string, Fault>;
export type Manner = keyof typeof manners;

/** After one of these, the platform has certainly started nothing. */
const CLEAR_REFUSALS: readonly Fault[] = [manners['says offline'], manners['says too many']];
const CARRIED_OUT: readonly Fault[] = [
  manners.accepts,
  manners['accepts slowly'],
  manners['accepts and cuts'],
  manners['accepts in silence'],
];

export const mayHaveStarted = ({ fault }: Receipt): boolean => !CLEAR_REFUSALS.includes(fault);
/** How long after its arrival a confirm is under way at the platform. */
export const underWayMs = ({ fault }: Receipt): number => (fault === manners['accepts slowly'] ? SLOW_MS : ANSWER_MS);

/** A read of the upgrade's status, which is no confirm. */
const STATUS_READ = 'AppDescribeFirmwareUpdateStatus';

interface Upgrade {
  /** Confirms that were carried out so far; the version that the last of them installs. */
  carriedOut: number;
  /** What is shown: the end of the upgrade of this number, or that it moves. */
  shown: { version: number; status: number };
}

export const versionOf = (number: number): string => `${number + 1}.0.0`;
const ENDED = 6;
const DOWNLOADING = 3;

export interface Platform {
  readonly upstream: HostileUpstream;
  answerBy(device: string, manner: Manner): void;
  /** The confirms of a device as they arrived. */
  confirmsOf(device: string): readonly Receipt[];
  /** How many confirms of a device were carried out: the number of its latest upgrade. */
  carriedOut(device: string): number;
  /** From now on the latest upgrade is shown, and no longer the one before it: as moving, then as ended. */
  show(device: string, what: 'moving' | 'ended'): void;
}

export async function startPlatform(): Promise<Platform> {
  const mannerOf = new Map<string, Manner>();
  const upgrades = new Map<string, Upgrade>();
  const upgradeOf = (device: string): Upgrade => {
    const upgrade = upgrades.get(device) ?? { carriedOut: 0, shown: { version: 0, status: ENDED } };
    upgrades.set(device, upgrade);
    return upgrade;
  };
  const read = faultOf('good', STATUS_READ, accepted, ({ device, requestId, send }) => {
    const { version, status } = upgradeOf(device).shown;
    const [OriVersion, DstVersion] = [versionOf(version - 1), versionOf(version)];
    send(answerOf(200, documented(requestId, { OriVersion, DstVersion, Status: status, Percent: 50 })));
  });
  const upstream = await startHostileUpstream({
    seed: 0,
    faultFor(device, { action }: Question) {
      if (action === STATUS_READ) return read;
      const fault = manners[mannerOf.get(device) ?? 'accepts'];
      if (CARRIED_OUT.includes(fault)) upgradeOf(device).carriedOut++;
      return fault;
    },
  });
  return {
    upstream,
    answerBy: (device, manner) => void mannerOf.set(device, manner),
    confirmsOf: (device) => upstream.ledger.of(device).filter(({ fault }) => fault !== read),
    carriedOut: (device) => upgradeOf(device).carriedOut,
    show(device, what) {
      const upgrade = upgradeOf(device);
      upgrade.shown = { version: upgrade.carriedOut, status: what === 'ended' ? ENDED : DOWNLOADING };
    },
  };
}

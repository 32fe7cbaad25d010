// What arrived at the upstream's socket, written down by the upstream itself. Nothing that the gateway says gets in here.

import type { Fault } from './hostile/fault';

export interface Receipt {
  device: string;
  requestId: string;
  token: string;
  /** False if only a part of the request came. */
  complete: boolean;
  /** What the upstream did about it. */
  fault: Fault;
  at: number;
}

export interface Ledger {
  readonly receipts: readonly Receipt[];
  enter(receipt: Receipt): void;
  /** Bytes that came and do not say whose they are. */
  enterAnonymous(): void;
  /** Somebody followed a redirect. */
  enterFollowed(path: string): void;
  of(device: string): readonly Receipt[];
  readonly anonymous: number;
  readonly followed: readonly string[];
  /** How often each fault met a request. */
  countByFault(): ReadonlyMap<string, number>;
}

export function createLedger(): Ledger {
  const receipts: Receipt[] = [];
  const byDevice = new Map<string, Receipt[]>();
  const followed: string[] = [];
  const counts = new Map<string, number>();
  let anonymous = 0;
  return {
    receipts,
    followed,
    get anonymous() {
      return anonymous;
    },
    enter(receipt) {
      receipts.push(receipt);
      counts.set(receipt.fault.name, (counts.get(receipt.fault.name) ?? 0) + 1);
      const known = byDevice.get(receipt.device);
      if (known) known.push(receipt);
      else byDevice.set(receipt.device, [receipt]);
    },
    enterAnonymous() {
      anonymous++;
    },
    enterFollowed: (path) => followed.push(path),
    of: (device) => byDevice.get(device) ?? [],
    countByFault: () => counts,
  };
}

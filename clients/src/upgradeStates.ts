// One device's upgrade as a screen shows it: one state at a time, and what the button may do. Knows no view library.

import type { FirmwareClient } from './client.js';
import { createAbort, type Signal } from './signal.js';
import type { AnyError, CheckResult, DeviceNames, Firmware, Upgrade, UpgradeResult } from './types.js';

export type UpgradeStateName =
  | 'idle'
  | 'offered'
  | 'confirming'
  | 'following'
  | 'waitingForDevice'
  | 'done'
  | 'failed'
  | 'signIn';

export interface UpgradeState {
  /** `idle`: nothing is offered, or it is not known yet. */
  readonly state: UpgradeStateName;
  /** Whether the button may be pressed: it confirms what is offered, or tries again what failed. Else it has no effect. */
  readonly canPress: boolean;
  /** Whether it is not known yet what is offered. */
  readonly isLoading: boolean;
  /** What is installed and offered, as it was read last. */
  readonly firmware: Firmware | undefined;
  readonly isOnline: boolean | undefined;
  /** The upgrade that is followed, or has ended. */
  readonly upgrade: Upgrade | undefined;
  /** 0 to 100 while the device downloads, else null. */
  readonly percent: number | null;
  /** Why it failed, why the device is waited for, or why something could not be read. */
  readonly error: AnyError | undefined;
}

export interface UpgradeStates {
  get(): UpgradeState;
  /** Begins to read and to follow with the first listener, and stops with the last. @returns unsubscribes */
  subscribe(listener: () => void): () => void;
  /** The button. Without effect where it may not be pressed. */
  press(): void;
  /** Reads what is offered and how far the upgrade is, again: after the user has signed in, or to wait for the device no longer. */
  refresh(): void;
}

export const FIRST_STATE: UpgradeState = {
  state: 'idle',
  canPress: false,
  isLoading: true,
  firmware: undefined,
  isOnline: undefined,
  upgrade: undefined,
  percent: null,
  error: undefined,
};

const isMoving = (result: UpgradeResult | undefined): boolean =>
  result !== undefined && 'phase' in result && !result.isFinal && !/^(NONE|AWAITING_CONFIRMATION)$/.test(result.phase);

const errorIn = (result: object | undefined): AnyError | undefined =>
  result !== undefined && 'nextStep' in result ? (result as AnyError) : undefined;

export function createUpgradeStates(client: FirmwareClient, device: DeviceNames): UpgradeStates {
  let current = FIRST_STATE;
  let running = createAbort();
  const listeners = new Set<() => void>();

  const set = (changes: Partial<UpgradeState>): void => {
    const next = { ...current, ...changes };
    const { state, firmware, upgrade, error } = next;
    const isInstalled = upgrade?.phase === 'SUCCEEDED' && upgrade.toVersion === firmware?.targetVersion;
    const isOffered = firmware?.updateAvailable === true && !isInstalled;
    const isHopeful = error ? /^(RETRY|WAIT_FOR_DEVICE|CHECK_STATUS)$/.test(error.nextStep) : isOffered;
    const canPress = state === 'failed' ? isHopeful : /^(offered|done)$/.test(state) && isOffered;
    current = { ...next, canPress, percent: state === 'following' ? (upgrade?.percent ?? null) : null };
    for (const listener of [...listeners]) listener();
  };

  /** One thing at a time: what ran before is aborted. */
  const run = (work: (signal: Signal) => Promise<void>): void => {
    running.abort();
    running = createAbort();
    const { signal } = running;
    const tell = (error: AnyError) => set({ state: 'failed', error });
    work(signal).catch((cause: unknown) => {
      if (!signal.aborted) tell({ ...BUG, message: String(cause) });
    });
  };

  const checked = ({ firmware, connectivity }: CheckResult): Partial<UpgradeState> => {
    const error = errorIn(firmware);
    return {
      isLoading: false,
      firmware: 'updateAvailable' in firmware ? firmware : current.firmware,
      isOnline: 'state' in connectivity ? connectivity.state === 'ONLINE' : undefined,
      ...(error && { error }),
    };
  };

  /** What is so where nothing moves. */
  const atRest = (known: Partial<UpgradeState>): Partial<UpgradeState> => {
    if (known.error?.nextStep === 'SIGN_IN') return { ...known, state: 'signIn' };
    if (known.error && !known.firmware) return { ...known, state: 'failed' };
    return { ...known, state: known.firmware?.updateAvailable ? 'offered' : 'idle' };
  };

  async function follow(signal: Signal): Promise<void> {
    for await (const result of client.follow(device, { signal })) {
      const error = errorIn(result);
      if (error) {
        if (error.nextStep === 'SIGN_IN') return set({ state: 'signIn', error });
        if (error.nextStep !== 'RETRY' && error.nextStep !== 'WAIT_FOR_DEVICE') return set({ state: 'failed', error });
        set({ error });
      } else if (isMoving(result)) set({ state: 'following', upgrade: result as Upgrade, error: undefined });
      else return ended(result as Upgrade, signal);
    }
    set({ state: 'failed' });
  }

  /** Once an upgrade has ended, what is offered is another thing than before. */
  async function ended(upgrade: Upgrade, signal: Signal): Promise<void> {
    if (upgrade.isFinal && upgrade.phase !== 'SUCCEEDED') set({ state: 'failed', upgrade, error: undefined });
    const known = checked(await client.check(device, { signal }));
    if (!upgrade.isFinal) set(atRest({ error: current.error, ...known, upgrade }));
    else set({ ...known, state: upgrade.phase === 'SUCCEEDED' ? 'done' : 'failed', upgrade, error: undefined });
  }

  async function first(signal: Signal): Promise<void> {
    const [known, upgrade] = await Promise.all([client.check(device, { signal }), firstOf(signal)]);
    if (!isMoving(upgrade)) return set(atRest({ error: undefined, ...checked(known) }));
    set({ ...checked(known), state: 'following', upgrade: upgrade as Upgrade, error: undefined });
    await follow(signal);
  }

  async function firstOf(signal: Signal): Promise<UpgradeResult | undefined> {
    for await (const result of client.follow(device, { signal })) return result;
    return undefined;
  }

  async function confirm(signal: Signal): Promise<void> {
    set({ state: 'confirming', error: undefined, upgrade: undefined });
    const result = await client.confirm(device, {
      signal,
      onStep(step) {
        if (step.step === 'waitingForDevice') set({ state: 'waitingForDevice', error: step.error, isOnline: false });
        else if (step.step === 'sending') set({ state: 'confirming', error: undefined });
      },
    });
    const error = errorIn(result);
    if (!error || isMoving(result.seen)) return follow(signal);
    if (error.nextStep === 'SIGN_IN') return set({ state: 'signIn', error });
    set({ state: 'failed', error });
    set({ ...checked(await client.check(device, { signal })), error });
  }

  const press = () => {
    if (current.canPress) run(current.firmware ? confirm : first);
  };
  const refresh = () => run(first);
  return {
    get: () => current,
    subscribe(listener) {
      if (listeners.add(listener).size === 1) refresh();
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) running.abort();
      };
    },
    press,
    refresh,
  };
}

/** An app's own `request` or `token` may throw what nobody expects. */
const BUG: Omit<AnyError, 'message'> = {
  __typename: 'TokenApiUnknownCodeError',
  code: 'Client.Unexpected',
  requestId: '',
  nextStep: 'GIVE_UP',
  retryAfterMs: null,
};

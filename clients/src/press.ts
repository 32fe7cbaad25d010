// One press of the button, from its first send to its outcome. All sends of a press carry the same idempotency key, so the gateway sends
// it to the platform at most once, however often an answer is lost on its way here.

import { type Answered, type Asker, ATTEMPTS, clientError, type Operation, pauseBefore, type Sends } from './ask.js';
import { ConfirmFirmwareUpgrade, DeviceFirmware } from './generated/queries.js';
import type { ConfirmFirmwareUpgradeMutation, DeviceFirmwareQuery } from './generated/types.js';
import { AbortError, jittered, pause, type Signal } from './signal.js';
import type { AnyError, ConfirmResult, DeviceNames, UpgradeResult } from './types.js';

/** What a press is doing, told as it begins to. */
export type PressStep =
  | { readonly step: 'sending' }
  | { readonly step: 'pausing'; readonly ms: number; readonly error: AnyError }
  | { readonly step: 'waitingForDevice'; readonly error: AnyError }
  | { readonly step: 'checking'; readonly error: AnyError };

export interface ConfirmOptions {
  readonly signal?: Signal | undefined;
  /** For a press that is to outlive the page: keep it until the press has its outcome. Absent: the client makes and keeps one. */
  readonly idempotencyKey?: string | undefined;
  /** How long a device that is offline is waited for; 0: not at all. Absent: 10 minutes. */
  readonly waitForDeviceMs?: number | undefined;
  readonly onStep?: ((step: PressStep) => void) | undefined;
}

const CONFIRM: Operation<ConfirmFirmwareUpgradeMutation> = {
  query: ConfirmFirmwareUpgrade,
  members: ({ confirmFirmwareUpgrade }) => [confirmFirmwareUpgrade],
};

const CONNECTIVITY: Operation<DeviceFirmwareQuery> = {
  query: DeviceFirmware.replace(/firmware\{.*\}\}\}$/, '}}'),
  members: ({ device }) => [device?.connectivity as never],
};

const WAIT_FOR_DEVICE_MS = 600_000;

/** Not known to others: random where the platform has a source of randomness for secrets, and unique in any case. */
export function newKey(): string {
  const { crypto } = globalThis as unknown as { crypto?: { getRandomValues?(bytes: Uint8Array): Uint8Array } };
  const bytes = new Uint8Array(16);
  if (crypto?.getRandomValues) crypto.getRandomValues(bytes);
  else
    bytes.forEach((_, i) => {
      bytes[i] = Math.floor(Math.random() * 256);
    });
  return `press-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

export interface Pressing {
  readonly asker: Asker;
  /** The keys of presses whose outcome is not known, by device. */
  readonly keys: Map<string, string>;
  readonly connectivityPollMs: number;
  follow(device: DeviceNames, signal?: Signal): AsyncIterable<UpgradeResult>;
}

/** What a confirm without an answer is: it may have been sent, or it was refused on its way. */
const unanswered = ({ error, isLost }: Answered<unknown> & { error: AnyError }): AnyError =>
  isLost ? clientError('FirmwareUpgradeOutcomeUnknownError', 'NoAnswer', 'CHECK_STATUS', error.message) : error;

/** Resolves with true once the device is online. */
async function online(pressing: Pressing, device: DeviceNames, untilMs: number, signal?: Signal): Promise<boolean> {
  while (Date.now() < untilMs) {
    await pause(jittered(Math.min(pressing.connectivityPollMs, untilMs - Date.now())), signal);
    const { data } = await pressing.asker(CONNECTIVITY, device, signal);
    const connectivity = data?.device?.connectivity;
    if (connectivity && 'state' in connectivity && connectivity.state === 'ONLINE') return true;
  }
  return false;
}

/** What the upgrade's status shows once it can be told what became of the press. */
async function seenOf({ follow }: Pressing, device: DeviceNames, signal?: Signal): Promise<UpgradeResult | undefined> {
  for await (const seen of follow(device, signal)) if (!('phase' in seen && seen.phase === 'SETTLING')) return seen;
  return undefined;
}

/** @throws AbortError: the press may have been sent by then, and the next one for this device is a repeat of it */
export async function press(pressing: Pressing, device: DeviceNames, options: ConfirmOptions): Promise<ConfirmResult> {
  const { asker, keys } = pressing;
  const { signal, onStep, waitForDeviceMs = WAIT_FOR_DEVICE_MS } = options;
  const names = { productId: device.productId, deviceName: device.deviceName };
  const id = `${names.productId}/${names.deviceName}`;
  const idempotencyKey = options.idempotencyKey ?? keys.get(id) ?? newKey();
  keys.set(id, idempotencyKey);
  const sends: Sends = {};
  const untilMs = Date.now() + waitForDeviceMs;
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw new AbortError();
    onStep?.({ step: 'sending' });
    const answered = await asker(CONFIRM, { ...names, idempotencyKey }, signal, sends);
    const result: ConfirmResult = answered.data?.confirmFirmwareUpgrade ?? (unanswered(answered as never) as never);
    const isLost = answered.error !== undefined && answered.isLost;
    const error = result as AnyError;
    if ((error.nextStep === 'RETRY' || isLost) && attempt < ATTEMPTS) {
      const ms = pauseBefore(attempt, error);
      onStep?.({ step: 'pausing', ms, error });
      await pause(ms, signal);
    } else if (error.nextStep === 'WAIT_FOR_DEVICE' && attempt < ATTEMPTS && Date.now() < untilMs) {
      onStep?.({ step: 'waitingForDevice', error });
      if (!(await online(pressing, names, untilMs, signal))) return ended(result);
    } else if (error.nextStep === 'CHECK_STATUS') {
      onStep?.({ step: 'checking', error });
      const seen = await seenOf(pressing, names, signal);
      // Still unknown: another press repeats this one.
      if (isLost || seen === undefined || !('phase' in seen)) return { ...result, ...(seen && { seen }) };
      return ended({ ...result, seen });
    } else return ended(result);
  }

  /** Its outcome is known, and the next press is another one: unless a send may have been lost, and it is not the gateway that answers. */
  function ended(result: ConfirmResult): ConfirmResult {
    if (!sends.isLost || result.requestId !== '') keys.delete(id);
    return result;
  }
}

// One upgrade, from now to its end: pushed where that is to be had, else asked for as often as the answers say.

import { type Asker, clientError, type Operation, pauseBefore } from './ask.js';
import { FirmwareUpgradeProgress, FollowFirmwareUpgrade } from './generated/queries.js';
import type { FirmwareUpgradeProgressSubscription, FollowFirmwareUpgradeQuery } from './generated/types.js';
import { pollIntervalFrom } from './pollInterval.js';
import { createAbort, jittered, pause, type Signal, unlessAborted } from './signal.js';
import type { Payload, Push, PushEnd } from './transport.js';
import type { AnyError, DeviceNames, Member, UpgradeResult } from './types.js';

/** Failures in a row: so many are not told, since the last good value is better; after so many it is over. */
const UNTOLD_FAILURES = 2;
const FAILURES_LIMIT = 20;
/** Streams in a row that told nothing; after these, the upgrade is asked for instead. */
const BARREN_LIMIT = 3;
const DEVICE_AWAY_MS = 10_000;

const FOLLOW: Operation<FollowFirmwareUpgradeQuery> = {
  query: FollowFirmwareUpgrade,
  members: ({ device }) => [device?.firmwareUpgrade as Member | null | undefined],
};

/** Streams that may be open at once: over HTTP/1.1, a browser has six connections to a host, and each stream takes one. */
export interface Places {
  take(): boolean;
  free(): void;
}

export const createPlaces = (limit: number, taken = 0): Places => ({
  take: () => taken < limit && ++taken > 0,
  free: () => void taken--,
});

export interface Following {
  readonly asker: Asker;
  readonly url: string;
  /** Absent: it is asked for. */
  readonly push: Push | undefined;
  readonly places: Places;
}

function resultFrom({ data, errors }: Payload): UpgradeResult {
  const event = data as FirmwareUpgradeProgressSubscription | null | undefined;
  const [first] = (errors ?? []) as readonly { message?: string }[];
  const words = first?.message ?? 'An event without a device.';
  return (
    event?.firmwareUpgradeProgress?.device?.firmwareUpgrade ??
    (clientError('TokenApiInvalidParameterValueError', 'Refused', 'FIX_REQUEST', words) as UpgradeResult)
  );
}

/** The events of one stream. Returns how it ended. */
async function* pushed(
  push: Push,
  subscribing: Omit<Parameters<Push>[0], 'signal' | 'onEvent' | 'query'>,
  signal: Signal | undefined,
): AsyncGenerator<UpgradeResult, PushEnd, void> {
  const [stream, queue] = [createAbort(signal), [] as Payload[]];
  let [end, wake]: [PushEnd | undefined, () => void] = [undefined, () => undefined];
  const onEvent = (payload: Payload) => {
    queue.push(payload);
    wake();
  };
  void push({ ...subscribing, query: FirmwareUpgradeProgress, signal: stream.signal, onEvent }).then((how) => {
    end = how;
    wake();
  });
  try {
    for (;;) {
      for (let payload = queue.shift(); payload !== undefined; payload = queue.shift()) yield resultFrom(payload);
      if (end !== undefined) return end;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await unlessAborted(woken, signal);
    }
  } finally {
    stream.abort();
  }
}

const says = (result: UpgradeResult, nextStep: string): boolean => 'nextStep' in result && result.nextStep === nextStep;

/** Asks once, and waits until it is worth asking again. Returns how many failed in a row. */
async function* polled(
  { asker }: Following,
  device: DeviceNames,
  failures: number,
  signal?: Signal,
): AsyncGenerator<UpgradeResult, number, void> {
  const { data, error } = await asker(FOLLOW, device, signal);
  const result = (data?.device?.firmwareUpgrade ?? error) as UpgradeResult;
  yield result;
  if (!says(result, 'RETRY')) {
    await pause(jittered(pollIntervalFrom(result) || DEVICE_AWAY_MS), signal);
    return 0;
  }
  await pause(pauseBefore(failures + 1, result as AnyError), signal);
  return failures + 1;
}

/** One stream; where its token is not accepted, another one with another token. Returns how many in a row have told nothing. */
async function* streamed(
  { asker, url, push }: Following & { push: Push },
  device: DeviceNames,
  barren: number,
  signal?: Signal,
): AsyncGenerator<UpgradeResult, number, void> {
  let [authorization, rejected]: (string | AnyError | undefined)[] = [
    await unlessAborted(asker.authorization(), signal),
  ];
  for (;;) {
    if (typeof authorization !== 'string') {
      yield authorization as UpgradeResult;
      return barren;
    }
    let [count, refusal]: [number, UpgradeResult | undefined] = [0, undefined];
    const events = pushed(push, { url, variables: device, authorization }, signal);
    let event = await events.next();
    try {
      for (; !event.done; event = await events.next()) {
        count++;
        if (rejected === undefined && says(event.value, 'SIGN_IN')) refusal = event.value;
        else yield event.value;
      }
    } finally {
      // Whoever stops in between leaves the stream, too.
      await events.return('cut');
    }
    if (refusal === undefined) {
      if (event.value === 'refused') return BARREN_LIMIT;
      await pause(pauseBefore(barren, { retryAfterMs: 500 }), signal);
      return count === 0 ? barren + 1 : 0;
    }
    rejected = authorization;
    authorization = await unlessAborted(asker.authorization(rejected), signal);
    if (authorization === rejected) authorization = refusal as AnyError;
  }
}

/** Whatever is told of the upgrade, for ever. */
async function* told(following: Following, device: DeviceNames, signal?: Signal): AsyncGenerator<UpgradeResult, void> {
  const { push, places } = following;
  let [barren, failures] = [0, 0];
  for (;;) {
    if (push === undefined || barren >= BARREN_LIMIT || !places.take())
      failures = yield* polled(following, device, failures, signal);
    else
      try {
        barren = yield* streamed({ ...following, push }, device, barren, signal);
      } finally {
        places.free();
      }
  }
}

const isFinished = (result: UpgradeResult): boolean =>
  'phase' in result
    ? result.pollAfterMs === null
    : result.nextStep !== 'RETRY' && result.nextStep !== 'WAIT_FOR_DEVICE';

/** Equal for what looks alike to people. */
const looksOf = (result: UpgradeResult): string =>
  JSON.stringify({ ...result, requestId: null, retryAfterMs: null, message: null });

/** Tells the state at once, then every change, and ends with the upgrade. @throws AbortError */
export async function* follow(
  following: Following,
  { productId, deviceName }: DeviceNames,
  signal?: Signal,
): AsyncGenerator<UpgradeResult, void, void> {
  let [failures, shown] = [0, ''];
  for await (const result of told(following, { productId, deviceName }, signal)) {
    const isFailure = (result as AnyError).nextStep === 'RETRY';
    failures = isFailure ? failures + 1 : 0;
    const isNew = looksOf(result) !== shown;
    if (isNew && !(isFailure && failures <= UNTOLD_FAILURES)) {
      shown = looksOf(result);
      yield result;
    }
    if (isFinished(result) || failures === FAILURES_LIMIT) return;
  }
}

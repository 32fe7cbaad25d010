// An upgrade as the gateway shows it, one state after the other: pushed by a subscription over server-sent events, or asked for again
// and again. Knows the public GraphQL API alone.

import * as question from './question';

/** What is shown next; undefined if the gateway gave no answer. */
export type Shown = question.Result<question.Upgrade> | undefined;

export type Following = (
  target: question.Target,
  pause: (ms: number) => Promise<unknown>,
) => AsyncGenerator<Shown, undefined>;

/** Where the gateway names no time. */
const AGAIN_MS = 2000;

export async function* polled(...[target, pause]: Parameters<Following>): ReturnType<Following> {
  for (;;) {
    const { data } = await question.ask<question.FollowAnswer>(question.FOLLOW, target);
    const shown = data?.device?.firmwareUpgrade ?? undefined;
    yield shown;
    await pause((shown && (question.isRefused(shown) ? shown.retryAfterMs : shown.pollAfterMs)) ?? AGAIN_MS);
  }
}

/** A stream that ends, as when its gateway is replaced, is opened again: the caller decides when it has seen enough. */
export async function* pushed(...[target, pause]: Parameters<Following>): ReturnType<Following> {
  for (;;) {
    try {
      for await (const { data } of question.eventsOf<question.PushedAnswer>(question.FOLLOW_PUSHED, target))
        yield data?.firmwareUpgradeProgress.device.firmwareUpgrade ?? undefined;
    } catch {
      yield undefined;
    }
    await pause(AGAIN_MS);
  }
}

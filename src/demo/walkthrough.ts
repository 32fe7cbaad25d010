// One upgrade from the question to its end, as an app should do it: ask, confirm once, follow until it has ended. Knows the
// public GraphQL API alone.

import { setTimeout as delay } from 'node:timers/promises';
import { commandOf } from './command';
import type { Following } from './following';
import * as question from './question';
import { alignedFrom, plainFrom, type Terminal } from './terminal';
import { progressFrom, sentenceFrom } from './words';

/** How often a RETRY is followed before it is taken for a no. */
const TRIES = 3;
/** An upgrade that shows no change for so long is left to itself. */
const PATIENCE_MS = 60_000;
/** Where the gateway names no time. */
const RETRY_MS = 2000;

interface Walk {
  target: question.Target;
  terminal: Terminal;
  following: Following;
  pause: (ms: number) => Promise<unknown>;
}

function good({ style, line }: Terminal, text: string): true {
  line(`${style('green', '✓')} ${text}`);
  return true;
}

function bad({ style, line }: Terminal, text: string): false {
  line(`${style('red', '✗')} ${text}`);
  return false;
}

function refused(terminal: Terminal, error: question.Refused): false {
  bad(terminal, sentenceFrom(error));
  terminal.line(terminal.style('dim', `  ${plainFrom(error.code)} · request ${plainFrom(error.requestId)}`));
  return false;
}

function writeOffer({ target, terminal }: Walk, firmware: question.Firmware, online: string): void {
  const rows = alignedFrom([
    ['Device', `${target.productId}/${target.deviceName}`],
    ['Online', online],
    ['Installed', plainFrom(firmware.currentVersion ?? 'not reported')],
    ['Offered', plainFrom(firmware.targetVersion ?? 'nothing')],
    ['Notes', plainFrom(firmware.release?.notes ?? '–')],
  ]);
  for (const [name, value] of rows) terminal.line(`${terminal.style('dim', name)}  ${value}`);
  terminal.line();
}

/** The version to install; or, if the walk ends here, whether it ends well. */
async function askForOffer(walk: Walk, tries = TRIES): Promise<string | boolean> {
  const { target, terminal, pause } = walk;
  const { data, trouble, isUnreachable } = await question.ask<question.OfferAnswer>(question.OFFER, target);
  if (isUnreachable)
    return bad(terminal, `No gateway answers at ${target.url} (${trouble}). Start one with: ${commandOf('demo')}`);
  if (!data?.device?.firmware) return bad(terminal, plainFrom(trouble) || 'The gateway knows no such device.');
  const { connectivity, firmware } = data.device;
  if (question.isRefused(firmware)) {
    if (firmware.nextStep !== 'RETRY' || tries <= 1) return refused(terminal, firmware);
    await pause(firmware.retryAfterMs ?? RETRY_MS);
    return askForOffer(walk, tries - 1);
  }
  const isKnown = connectivity !== null && !question.isRefused(connectivity);
  writeOffer(walk, firmware, isKnown ? connectivity.state.toLowerCase() : 'not known');
  if (firmware.updateAvailable && firmware.targetVersion !== null) return firmware.targetVersion;
  if (firmware.currentVersion === null) return bad(terminal, 'There is nothing to install.');
  return good(terminal, 'Up to date: there is nothing to do.');
}

/** True if there may be something to follow. Repeated only where the gateway says that nothing was done. */
async function confirm(walk: Walk, tries = TRIES): Promise<boolean> {
  const { target, terminal, pause } = walk;
  const { data } = await question.ask<question.ConfirmAnswer>(question.CONFIRM, target);
  const result = data?.confirmFirmwareUpgrade;
  if (result === undefined) {
    // No field came back: the API says to treat that as this error.
    bad(terminal, sentenceFrom({ __typename: 'FirmwareUpgradeOutcomeUnknownError', nextStep: 'CHECK_STATUS' }));
    return true;
  }
  if (!question.isRefused(result)) return good(terminal, `Confirmed, request ${plainFrom(result.requestId)}.`);
  if (result.nextStep === 'RETRY' && tries > 1) {
    await pause(result.retryAfterMs ?? RETRY_MS);
    return confirm(walk, tries - 1);
  }
  refused(terminal, result);
  return result.nextStep === 'CHECK_STATUS';
}

/** Undefined while it is worth asking again; else whether it ended well. */
function endFrom({ terminal }: Walk, upgrade: question.Upgrade, targetVersion: string): boolean | undefined {
  const { phase, fromVersion, toVersion, isFinal, failureReason } = upgrade;
  if (phase === 'NONE') return bad(terminal, 'The platform knows of no upgrade: it never began.');
  if (phase === 'AWAITING_CONFIRMATION') return bad(terminal, 'The confirm did not arrive: confirm again.');
  // An end that leads to another version is an earlier upgrade's: ours is still to come.
  if (!isFinal || (toVersion ?? targetVersion) !== targetVersion) return undefined;
  if (phase === 'SUCCEEDED')
    return good(terminal, `Upgraded ${plainFrom(`${fromVersion ?? '?'} → ${toVersion ?? '?'}`)}.`);
  const reason = failureReason === null ? '' : terminal.style('dim', ` (${plainFrom(failureReason)})`);
  const what = phase === 'TIMED_OUT' ? 'It timed out' : 'It failed';
  return bad(terminal, `${what}; the user may confirm again.${reason}`);
}

async function follow(walk: Walk, targetVersion: string): Promise<boolean> {
  const { target, terminal, pause, following } = walk;
  let drawn = '';
  let tries = TRIES;
  const shown = following(target, pause);
  const patience = createPatience();
  try {
    for (;;) {
      const next = await patience.of(shown.next());
      if (next === undefined)
        return bad(terminal, 'It has not moved for a minute. The device may still go on: look again later.');
      const upgrade = next.value;
      if (!upgrade || question.isRefused(upgrade)) {
        tries -= 1;
        if (upgrade && (upgrade.nextStep !== 'RETRY' || tries === 0)) return refused(terminal, upgrade);
        if (tries === 0) return bad(terminal, 'The gateway does not answer any more.');
        continue;
      }
      tries = TRIES;
      const progress = progressFrom(upgrade);
      if (progress !== drawn) patience.begin();
      terminal.redraw(progress);
      drawn = progress;
      const end = endFrom(walk, upgrade, targetVersion);
      if (end !== undefined) return end;
    }
  } finally {
    patience.end();
    void shown.return(undefined);
  }
}

/** Waits no longer than `PATIENCE_MS` since it began last; a stream may say nothing for as long. */
function createPatience() {
  let startedAt = Date.now();
  let timer: NodeJS.Timeout | undefined;
  return {
    begin() {
      startedAt = Date.now();
    },
    /** Undefined if it has run out. */
    async of<Value>(coming: Promise<Value>): Promise<Value | undefined> {
      const leftMs = startedAt + PATIENCE_MS - Date.now();
      if (leftMs <= 0) return undefined;
      clearTimeout(timer);
      const over = new Promise<undefined>((resolve) => {
        timer = setTimeout(resolve, leftMs, undefined);
      });
      return Promise.race([coming, over]);
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * @returns true if the device has, or had already, what is offered
 * @param pause waits: tests wait less
 */
export async function upgradeDevice(
  target: question.Target,
  terminal: Terminal,
  following: Following,
  pause: Walk['pause'] = delay,
): Promise<boolean> {
  const walk = { target, terminal, following, pause };
  const offered = await askForOffer(walk);
  if (typeof offered === 'boolean') return offered;
  return (await confirm(walk)) && follow(walk, offered);
}

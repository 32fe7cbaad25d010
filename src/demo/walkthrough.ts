// One upgrade from the question to its end, as an app should do it: ask, confirm once, follow until it has ended. Knows the
// public GraphQL API alone.

import { setTimeout as delay } from 'node:timers/promises';
import type { Language } from '../languages/language';
import { commandOf } from './command';
import type { Following } from './following';
import * as question from './question';
import { alignedFrom, plainFrom, type Terminal } from './terminal';
import { walkWords } from './walkWords';
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
  language: Language;
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

function refused({ terminal, language }: Walk, error: question.Refused): false {
  const { request } = walkWords[language];
  bad(terminal, sentenceFrom(error, language));
  terminal.line(terminal.style('dim', `  ${plainFrom(error.code)} · ${request} ${plainFrom(error.requestId)}`));
  return false;
}

function writeOffer({ target, terminal, language }: Walk, firmware: question.Firmware, state: string): void {
  const words = walkWords[language];
  const rows = alignedFrom([
    [words.device, `${target.productId}/${target.deviceName}`],
    [words.online, words.states[state] ?? (state || words.notKnown)],
    [words.installed, plainFrom(firmware.currentVersion ?? words.notReported)],
    [words.offered, plainFrom(firmware.targetVersion ?? words.nothing)],
    [words.notes, plainFrom(firmware.release?.notes ?? '–')],
  ]);
  for (const [name, value] of rows) terminal.line(`${terminal.style('dim', name)}  ${value}`);
  terminal.line();
}

/** The version to install; or, if the walk ends here, whether it ends well. */
async function askForOffer(walk: Walk, tries = TRIES): Promise<string | boolean> {
  const { target, terminal, language, pause } = walk;
  const words = walkWords[language];
  const { data, trouble, isUnreachable } = await question.ask<question.OfferAnswer>(question.OFFER, target);
  if (isUnreachable) return bad(terminal, words.noGateway(target.url, trouble, commandOf('demo')));
  if (!data?.device?.firmware) return bad(terminal, plainFrom(trouble) || words.noDevice);
  const { connectivity, firmware } = data.device;
  if (question.isRefused(firmware)) {
    if (firmware.nextStep !== 'RETRY' || tries <= 1) return refused(walk, firmware);
    await pause(firmware.retryAfterMs ?? RETRY_MS);
    return askForOffer(walk, tries - 1);
  }
  const isKnown = connectivity !== null && !question.isRefused(connectivity);
  writeOffer(walk, firmware, isKnown ? connectivity.state.toLowerCase() : '');
  if (firmware.updateAvailable && firmware.targetVersion !== null) return firmware.targetVersion;
  if (firmware.currentVersion === null) return bad(terminal, words.nothingToInstall);
  return good(terminal, words.upToDate);
}

/** True if there may be something to follow. Repeated only where the gateway says that nothing was done. */
async function confirm(walk: Walk, tries = TRIES): Promise<boolean> {
  const { target, terminal, language, pause } = walk;
  const { data } = await question.ask<question.ConfirmAnswer>(question.CONFIRM, target);
  const result = data?.confirmFirmwareUpgrade;
  if (result === undefined) {
    // No field came back: the API says to treat that as this error.
    const unknown = { __typename: 'FirmwareUpgradeOutcomeUnknownError', nextStep: 'CHECK_STATUS' };
    bad(terminal, sentenceFrom(unknown, language));
    return true;
  }
  if (!question.isRefused(result)) return good(terminal, walkWords[language].confirmed(plainFrom(result.requestId)));
  if (result.nextStep === 'RETRY' && tries > 1) {
    await pause(result.retryAfterMs ?? RETRY_MS);
    return confirm(walk, tries - 1);
  }
  refused(walk, result);
  return result.nextStep === 'CHECK_STATUS';
}

/** Undefined while it is worth asking again; else whether it ended well. */
function endFrom({ terminal, language }: Walk, upgrade: question.Upgrade, targetVersion: string): boolean | undefined {
  const words = walkWords[language];
  const { phase, fromVersion, toVersion, isFinal, failureReason } = upgrade;
  if (phase === 'NONE') return bad(terminal, words.neverBegan);
  if (phase === 'AWAITING_CONFIRMATION') return bad(terminal, words.notArrived);
  // An end that leads to another version is an earlier upgrade's: ours is still to come.
  if (!isFinal || (toVersion ?? targetVersion) !== targetVersion) return undefined;
  if (phase === 'SUCCEEDED')
    return good(terminal, words.upgraded(plainFrom(`${fromVersion ?? '?'} → ${toVersion ?? '?'}`)));
  const reason = failureReason === null ? '' : terminal.style('dim', ` (${plainFrom(failureReason)})`);
  return bad(terminal, (phase === 'TIMED_OUT' ? words.timedOut : words.failed) + reason);
}

async function follow(walk: Walk, targetVersion: string): Promise<boolean> {
  const { target, terminal, language, pause, following } = walk;
  const words = walkWords[language];
  let drawn = '';
  let tries = TRIES;
  const shown = following(target, pause);
  const patience = createPatience();
  try {
    for (;;) {
      const next = await patience.of(shown.next());
      if (next === undefined) return bad(terminal, words.notMoved);
      const upgrade = next.value;
      if (!upgrade || question.isRefused(upgrade)) {
        tries -= 1;
        if (upgrade && (upgrade.nextStep !== 'RETRY' || tries === 0)) return refused(walk, upgrade);
        if (tries === 0) return bad(terminal, words.noAnswer);
        continue;
      }
      tries = TRIES;
      const progress = progressFrom(upgrade, language);
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
  language: Language,
  pause: Walk['pause'] = delay,
): Promise<boolean> {
  const walk = { target, terminal, following, language, pause };
  const offered = await askForOffer(walk);
  if (typeof offered === 'boolean') return offered;
  return (await confirm(walk)) && follow(walk, offered);
}

// What a person is told: a sentence for each phase, each error and each next step, and the bar. An unknown one has words,
// too, because the API may gain values. Asks nothing, writes nothing.

import type { Refused, Upgrade } from './question';

const PHASES: Readonly<Record<string, string>> = {
  SETTLING: 'Waiting for the platform',
  NONE: 'No upgrade',
  AWAITING_CONFIRMATION: 'Waiting for a confirm',
  PENDING: 'Queued',
  PROCESSING: 'Starting',
  DELIVERED: 'The device knows',
  DOWNLOADING: 'Downloading',
  DOWNLOADED: 'Downloaded',
  INSTALLING: 'Installing: keep the power on',
  DEVICE_OFFLINE: 'Offline: goes on when the device is back',
  SUCCEEDED: 'Done',
  FAILED: 'Failed',
  TIMED_OUT: 'Timed out',
};

const ERRORS: Readonly<Record<string, string>> = {
  DeviceOfflineError: 'The device is offline.',
  DeviceHasNoFirmwareError: 'There is no firmware for this device.',
  FirmwareUpgradeInProgressError: 'An upgrade is running already.',
  FirmwareUpgradeOutcomeUnknownError: 'The order may have arrived; no answer came.',
  TokenApiInvalidParameterValueError: 'The platform does not accept a value.',
  TokenApiInvalidAccessTokenError: 'The session has ended.',
  TokenApiNoPermissionError: 'This user may not do that with this device.',
  TokenApiResourceNotFoundError: 'The platform does not know this device.',
  TokenApiFailedOperationError: 'The platform could not do it.',
  TokenApiInternalError: 'The platform broke.',
  TokenApiRateLimitedError: 'Too many requests.',
  TokenApiUnavailableError: 'The platform cannot be reached.',
};

const NEXT_STEPS: Readonly<Record<string, string>> = {
  RETRY: 'Try again in a moment.',
  SIGN_IN: 'Sign in, then come back with the new token.',
  WAIT_FOR_DEVICE: 'Bring it online, then confirm again.',
  CHECK_STATUS: 'Not confirming again: following what may have been started.',
  FIX_REQUEST: 'The request is wrong; repeating it cannot help.',
  GIVE_UP: 'Nothing more can be done from here.',
};

const BAR_WIDTH = 28;
const PHASE_WIDTH = Math.max(...Object.values(PHASES).map((words) => words.length));

/** What happened and what comes next; a next step nobody knows is to give up. */
export function sentenceFrom({ __typename, nextStep }: Pick<Refused, '__typename' | 'nextStep'>): string {
  return `${ERRORS[__typename] ?? 'It was refused.'} ${NEXT_STEPS[nextStep] ?? NEXT_STEPS.GIVE_UP}`;
}

export function phaseFrom({ phase, platformStatus }: Pick<Upgrade, 'phase' | 'platformStatus'>): string {
  return PHASES[phase] ?? `Not known (status ${platformStatus ?? 'missing'})`;
}

/** The phase with a bar. Installing has no percent: the bar stays full. */
export function progressFrom(upgrade: Pick<Upgrade, 'phase' | 'percent' | 'platformStatus'>): string {
  const whole = ['INSTALLING', 'SUCCEEDED'].includes(upgrade.phase) ? 100 : 0;
  const filled = Math.round(((upgrade.percent ?? whole) / 100) * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const percent = upgrade.percent === null ? '' : `${String(upgrade.percent).padStart(3)} %`;
  return `${bar} ${percent.padEnd(5)}  ${phaseFrom(upgrade).padEnd(PHASE_WIDTH)}`.trimEnd();
}

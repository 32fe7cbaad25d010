// What an app may make of a confirm's answer, by the client preset's types: the compiler wants a case for every member, and a
// member that is newer than the app still finds an answer. exhaustive.test.ts takes the cases away one by one.

import type { ConfirmFirmwareUpgradeMutation } from './artefacts/preset/graphql';

export type Confirmed = ConfirmFirmwareUpgradeMutation['confirmFirmwareUpgrade'];

export function wordsFor(answer: Confirmed): string {
  switch (answer.__typename) {
    case 'ConfirmFirmwareUpgradeSuccess':
      return 'The upgrade has been ordered.';
    case 'DeviceOfflineError':
      return 'Please bring the device online.';
    case 'DeviceHasNoFirmwareError':
      return 'There is nothing to install.';
    case 'FirmwareUpgradeInProgressError':
      return 'An upgrade is running already.';
    case 'FirmwareUpgradeOutcomeUnknownError':
      return 'The upgrade may have begun.';
    case 'TokenApiInvalidAccessTokenError':
      return 'Please sign in.';
    case 'TokenApiNoPermissionError':
      return 'Only the owner may do this.';
    case 'TokenApiResourceNotFoundError':
      return 'There is no such device.';
    case 'TokenApiRateLimitedError':
    case 'TokenApiUnavailableError':
      return 'Please try again.';
    case 'TokenApiInvalidParameterValueError':
    case 'TokenApiFailedOperationError':
    case 'TokenApiInternalError':
    case 'TokenApiUnknownCodeError':
      return byNextStep(answer);
    default:
      return later(answer);
  }
}

/** Only what this app was not compiled for comes here. */
function later(answer: never): string {
  return byNextStep(answer);
}

function byNextStep({ nextStep }: { nextStep: string }): string {
  return nextStep === 'CHECK_STATUS' ? 'The upgrade may have begun.' : 'This cannot be done.';
}

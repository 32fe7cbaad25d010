// What to tell people, in English and in Simplified Chinese, by the words of the platform's own pages: 固件升级, 设备离线. A phase, a step
// or an error that has no text does not compile.

import type {
  DeviceConnectivityState,
  FirmwareUpgradePhase,
  TokenApiErrorName,
  TokenApiNextStep,
} from './generated/types.js';

export type Language = 'en' | 'zh-CN';

export interface Texts {
  /** How far the upgrade is. */
  readonly phases: Readonly<Record<FirmwareUpgradePhase, string>>;
  /** What the user can do about an error. */
  readonly nextSteps: Readonly<Record<TokenApiNextStep, string>>;
  /** What went wrong. */
  readonly errors: Readonly<Record<TokenApiErrorName, string>>;
  readonly connectivity: Readonly<Record<DeviceConnectivityState, string>>;
}

const en: Texts = {
  phases: {
    SETTLING: 'The upgrade is about to begin.',
    NONE: 'No upgrade is under way.',
    AWAITING_CONFIRMATION: 'The upgrade waits for you to confirm it.',
    PENDING: 'The upgrade waits to be sent to the device.',
    PROCESSING: 'The upgrade is being prepared.',
    DELIVERED: 'The device has been told to upgrade.',
    DOWNLOADING: 'The device is downloading the firmware.',
    DOWNLOADED: 'The download is complete.',
    INSTALLING: 'The device is installing the firmware. Do not switch it off.',
    DEVICE_OFFLINE: 'The device is offline. The upgrade goes on when it is back.',
    SUCCEEDED: 'The upgrade is complete.',
    FAILED: 'The upgrade has failed. You can try again.',
    TIMED_OUT: 'The device did not report in time. You can try again.',
    UNKNOWN: 'The state of the upgrade is not known.',
  },
  nextSteps: {
    RETRY: 'Please try again in a moment.',
    SIGN_IN: 'Please sign in again.',
    WAIT_FOR_DEVICE: 'Please connect the device to its power and to the network.',
    CHECK_STATUS: 'The upgrade may have begun. Please wait while its state is looked up.',
    FIX_REQUEST: 'The app has made a mistake. Please update the app.',
    GIVE_UP: 'This cannot be done. Please contact the support.',
  },
  errors: {
    DeviceOfflineError: 'The device is offline.',
    DeviceHasNoFirmwareError: 'There is no firmware for this device.',
    FirmwareUpgradeInProgressError: 'An upgrade of this device is running already.',
    FirmwareUpgradeOutcomeUnknownError: 'It is not known yet whether the upgrade has begun.',
    TokenApiInvalidParameterValueError: 'The request is not valid.',
    TokenApiInvalidAccessTokenError: 'You are not signed in any more.',
    TokenApiNoPermissionError: 'You have no permission to upgrade this device.',
    TokenApiResourceNotFoundError: 'The device was not found.',
    TokenApiFailedOperationError: 'The operation has failed.',
    TokenApiInternalError: 'The service has an internal error.',
    TokenApiRateLimitedError: 'There are too many requests.',
    TokenApiUnavailableError: 'The service cannot be reached.',
    TokenApiUnknownCodeError: 'Something went wrong.',
  },
  connectivity: {
    ONLINE: 'Online',
    OFFLINE: 'Offline',
    ABNORMAL: 'Abnormal',
    UNKNOWN: 'Unknown',
  },
};

const zh: Texts = {
  phases: {
    SETTLING: '固件升级即将开始。',
    NONE: '暂无固件升级任务。',
    AWAITING_CONFIRMATION: '固件升级等待您确认。',
    PENDING: '等待向设备下发升级任务。',
    PROCESSING: '升级任务处理中。',
    DELIVERED: '升级任务已下发到设备。',
    DOWNLOADING: '设备正在下载固件。',
    DOWNLOADED: '固件下载完成。',
    INSTALLING: '设备正在升级固件，请勿断电。',
    DEVICE_OFFLINE: '设备离线，恢复在线后将继续升级。',
    SUCCEEDED: '固件升级成功。',
    FAILED: '固件升级失败，可重新升级。',
    TIMED_OUT: '固件升级超时，可重新升级。',
    UNKNOWN: '升级状态未知。',
  },
  nextSteps: {
    RETRY: '请稍后重试。',
    SIGN_IN: '请重新登录。',
    WAIT_FOR_DEVICE: '请为设备接通电源并连接网络。',
    CHECK_STATUS: '升级可能已经开始，正在查询升级状态，请稍候。',
    FIX_REQUEST: '应用请求有误，请更新应用。',
    GIVE_UP: '无法完成操作，请联系客服。',
  },
  errors: {
    DeviceOfflineError: '设备离线。',
    DeviceHasNoFirmwareError: '设备无固件版本。',
    FirmwareUpgradeInProgressError: '设备已有正在进行的升级任务。',
    FirmwareUpgradeOutcomeUnknownError: '暂不确定升级是否已经开始。',
    TokenApiInvalidParameterValueError: '参数取值错误。',
    TokenApiInvalidAccessTokenError: '登录已失效。',
    TokenApiNoPermissionError: '您没有该设备的升级权限。',
    TokenApiResourceNotFoundError: '设备不存在。',
    TokenApiFailedOperationError: '操作失败。',
    TokenApiInternalError: '服务内部错误。',
    TokenApiRateLimitedError: '请求过于频繁。',
    TokenApiUnavailableError: '服务暂不可用。',
    TokenApiUnknownCodeError: '出现未知错误。',
  },
  connectivity: {
    ONLINE: '在线',
    OFFLINE: '离线',
    ABNORMAL: '异常',
    UNKNOWN: '未知',
  },
};

export const texts: Readonly<Record<Language, Texts>> = { en, 'zh-CN': zh };

/** The language that is nearest to a browser's or a phone's, such as `zh-Hans-CN` or `zh_CN`. */
export const languageFrom = (tag: string | undefined): Language => (/^zh\b|^zh_/i.test(tag ?? '') ? 'zh-CN' : 'en');

/** Has a text for what is newer than the app, too. */
const textOf = (known: Readonly<Record<string, string>>, name: string, otherwise: string): string =>
  Object.keys(known).includes(name) ? (known[name] as string) : otherwise;

export const phaseText = (phase: string, language: Language): string => {
  const { phases } = texts[language];
  return textOf(phases, phase, phases.UNKNOWN);
};

/** What went wrong, and what the user can do about it. */
export const errorText = (error: { __typename: string; nextStep: string }, language: Language): string => {
  const { errors, nextSteps } = texts[language];
  const happened = textOf(errors, error.__typename, errors.TokenApiUnknownCodeError);
  return `${happened}${language === 'en' ? ' ' : ''}${textOf(nextSteps, error.nextStep, nextSteps.GIVE_UP)}`;
};

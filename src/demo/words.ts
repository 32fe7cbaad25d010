// What a person is told: a sentence for each phase, each error and each next step, and the bar. An unknown one has words,
// too, because the API may gain values. Asks nothing, writes nothing.

import type { Language, Text } from '../languages/language';
import type { Refused, Upgrade } from './question';

const PHASES: Readonly<Record<string, Text>> = {
  SETTLING: { en: 'Waiting for the platform', zh: '等待平台' },
  NONE: { en: 'No upgrade', zh: '没有升级' },
  AWAITING_CONFIRMATION: { en: 'Waiting for a confirm', zh: '等待确认' },
  PENDING: { en: 'Queued', zh: '排队中' },
  PROCESSING: { en: 'Starting', zh: '处理中' },
  DELIVERED: { en: 'The device knows', zh: '已下发到设备' },
  DOWNLOADING: { en: 'Downloading', zh: '下载中' },
  DOWNLOADED: { en: 'Downloaded', zh: '下载完成' },
  INSTALLING: { en: 'Installing: keep the power on', zh: '烧录中，请勿断电' },
  DEVICE_OFFLINE: { en: 'Offline: goes on when the device is back', zh: '设备离线，恢复在线后继续' },
  SUCCEEDED: { en: 'Done', zh: '完成' },
  FAILED: { en: 'Failed', zh: '失败' },
  TIMED_OUT: { en: 'Timed out', zh: '超时' },
};

const ERRORS: Readonly<Record<string, Text>> = {
  DeviceOfflineError: { en: 'The device is offline.', zh: '设备离线。' },
  DeviceHasNoFirmwareError: { en: 'There is no firmware for this device.', zh: '设备无固件版本。' },
  FirmwareUpgradeInProgressError: { en: 'An upgrade is running already.', zh: '设备已有正在进行的升级。' },
  FirmwareUpgradeOutcomeUnknownError: {
    en: 'The order may have arrived; no answer came.',
    zh: '升级请求可能已到达，但没有收到应答。',
  },
  TokenApiInvalidParameterValueError: { en: 'The platform does not accept a value.', zh: '参数取值错误。' },
  TokenApiInvalidAccessTokenError: { en: 'The session has ended.', zh: '登录已失效。' },
  TokenApiNoPermissionError: { en: 'This user may not do that with this device.', zh: '用户对该设备无权限。' },
  TokenApiResourceNotFoundError: { en: 'The platform does not know this device.', zh: '设备不存在。' },
  TokenApiFailedOperationError: { en: 'The platform could not do it.', zh: '操作失败。' },
  TokenApiInternalError: { en: 'The platform broke.', zh: '平台内部错误。' },
  TokenApiRateLimitedError: { en: 'Too many requests.', zh: '请求过于频繁。' },
  TokenApiUnavailableError: { en: 'The platform cannot be reached.', zh: '无法访问平台。' },
};

const NEXT_STEPS: Readonly<Record<string, Text>> = {
  RETRY: { en: 'Try again in a moment.', zh: '请稍后重试。' },
  SIGN_IN: { en: 'Sign in, then come back with the new token.', zh: '请重新登录，再使用新的 AccessToken。' },
  WAIT_FOR_DEVICE: { en: 'Bring it online, then confirm again.', zh: '请让设备上线，然后再次确认。' },
  CHECK_STATUS: {
    en: 'Not confirming again: following what may have been started.',
    zh: '不再次确认，改为跟踪可能已开始的升级。',
  },
  FIX_REQUEST: { en: 'The request is wrong; repeating it cannot help.', zh: '请求有误，重复发送没有用。' },
  GIVE_UP: { en: 'Nothing more can be done from here.', zh: '无法继续。' },
};

const REFUSED: Text = { en: 'It was refused.', zh: '请求被拒绝。' };

const BAR_WIDTH = 28;

/** What happened and what comes next; a next step nobody knows is to give up. */
export function sentenceFrom({ __typename, nextStep }: Pick<Refused, '__typename' | 'nextStep'>, language: Language) {
  const next = NEXT_STEPS[nextStep] ?? NEXT_STEPS.GIVE_UP;
  return [(ERRORS[__typename] ?? REFUSED)[language], next?.[language]].join(language === 'en' ? ' ' : '');
}

function phaseFrom({ phase, platformStatus }: Pick<Upgrade, 'phase' | 'platformStatus'>, language: Language): string {
  const unknown = {
    en: `Not known (status ${platformStatus ?? 'missing'})`,
    zh: `未知（状态 ${platformStatus ?? '缺失'}）`,
  };
  return (PHASES[phase] ?? unknown)[language];
}

/** The phase with a bar. Installing has no percent: the bar stays full. */
export function progressFrom(
  upgrade: Pick<Upgrade, 'phase' | 'percent' | 'platformStatus'>,
  language: Language,
): string {
  const whole = ['INSTALLING', 'SUCCEEDED'].includes(upgrade.phase) ? 100 : 0;
  const filled = Math.round(((upgrade.percent ?? whole) / 100) * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const percent = upgrade.percent === null ? '' : `${String(upgrade.percent).padStart(3)} %`;
  return `${bar} ${percent.padEnd(5)}  ${phaseFrom(upgrade, language)}`;
}

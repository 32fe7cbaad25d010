// The app's own words. What is told of phases and errors comes from the package.

import type { Language } from 'firmware-gateway-client/texts';

const en = {
  devices: 'My devices',
  none: 'There are no devices yet.',
  loading: 'Loading …',
  installed: 'Installed:',
  offered: 'A new version is available.',
  upToDate: 'The firmware is up to date.',
  unknown: 'Nothing is known of its firmware.',
  shared: 'Shared with you',
  notYours: 'Only its owner can upgrade it.',
  confirming: 'The upgrade is being confirmed …',
  progress: 'Progress of the upgrade',
  update: (version: string) => `Update${version && ` to ${version}`}`,
  again: 'Try again',
  check: 'Check again',
  stop: 'Stop waiting',
  signIn: 'Sign in',
};

const zh: typeof en = {
  devices: '我的设备',
  none: '暂无设备。',
  loading: '加载中…',
  installed: '当前版本：',
  offered: '有新版本可用。',
  upToDate: '固件已是最新版本。',
  unknown: '暂无固件信息。',
  shared: '他人分享的设备',
  notYours: '仅设备拥有者可以升级。',
  confirming: '正在确认升级…',
  progress: '升级进度',
  update: (version) => `升级${version && `到 ${version}`}`,
  again: '重试',
  check: '重新检查',
  stop: '停止等待',
  signIn: '重新登录',
};

export const words: Readonly<Record<Language, typeof en>> = { en, 'zh-CN': zh };

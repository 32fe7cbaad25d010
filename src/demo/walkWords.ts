// What the upgrade in the terminal says at each of its steps, in each language.

import type { Language } from '../languages/language';

const english = {
  device: 'Device',
  online: 'Online',
  installed: 'Installed',
  offered: 'Offered',
  notes: 'Notes',
  notReported: 'not reported',
  nothing: 'nothing',
  states: {} as Readonly<Record<string, string>>,
  notKnown: 'not known',
  noGateway: (url: string, trouble: string, command: string): string =>
    `No gateway answers at ${url} (${trouble}). Start one with: ${command}`,
  noDevice: 'The gateway knows no such device.',
  nothingToInstall: 'There is nothing to install.',
  upToDate: 'Up to date: there is nothing to do.',
  confirmed: (requestId: string): string => `Confirmed, request ${requestId}.`,
  request: 'request',
  neverBegan: 'The platform knows of no upgrade: it never began.',
  notArrived: 'The confirm did not arrive: confirm again.',
  upgraded: (versions: string): string => `Upgraded ${versions}.`,
  timedOut: 'It timed out; the user may confirm again.',
  failed: 'It failed; the user may confirm again.',
  notMoved: 'It has not moved for a minute. The device may still go on: look again later.',
  noAnswer: 'The gateway does not answer any more.',
};

export const walkWords: Readonly<Record<Language, typeof english>> = {
  en: english,
  zh: {
    // Names of two characters each, so that what follows them is aligned.
    device: '设备',
    online: '状态',
    installed: '当前',
    offered: '目标',
    notes: '说明',
    notReported: '未上报',
    nothing: '无',
    states: { online: '在线', offline: '离线', abnormal: '异常', unknown: '未知' },
    notKnown: '未知',
    noGateway: (url, trouble, command) => `${url} 没有网关应答（${trouble}）。请启动一个：${command}`,
    noDevice: '网关不认识这台设备。',
    nothingToInstall: '没有可安装的固件。',
    upToDate: '已是可升级到的版本，无需操作。',
    confirmed: (requestId) => `已确认，请求 ${requestId}。`,
    request: '请求',
    neverBegan: '平台上没有升级：升级没有开始。',
    notArrived: '确认没有到达，请再次确认。',
    upgraded: (versions) => `升级成功：${versions}。`,
    timedOut: '升级超时，用户可以再次确认。',
    failed: '升级失败，用户可以再次确认。',
    notMoved: '一分钟没有进展。设备可能仍在继续，请稍后再查看。',
    noAnswer: '网关不再应答。',
  },
};

// The words of the demo's banner, in each language.

import type { Language } from '../languages/language';

const english = {
  title: ', in front of a simulated platform.',
  note: 'Every device below lives in this process; the real platform is never called.',
  open: 'Open',
  page: 'in a browser: lamps to upgrade, and switches that play trouble',
  sandbox: 'in a browser: Apollo Sandbox, from Apollo’s CDN, with a confirm filled in',
  altair: 'in a browser: the same in Altair, from this process alone',
  health: 'health',
  tokens: 'Tokens',
  devices: (product: string): string => `Devices of product ${product}`,
  numbered: 'like lamp-online, as many as you like',
  confirm: 'Confirm an upgrade',
  watch: 'Watch one, in another terminal',
  end: 'Ctrl-C ends the demo; the devices forget everything.',
  /** What a token, a device or a prefix is there to show. */
  shows: (_name: string, inEnglish: string): string => inEnglish,
};

/** What each of the simulator's rows shows. */
const showsInChinese: Readonly<Record<string, string>> = {
  'demo-token-alice': '拥有全部设备（其他任何 demo-token-… 也是如此）',
  'demo-token-bob': '对所有设备都没有权限：InvalidParameterValue.NoPermission',
  'demo-token-expired': '需要重新登录：InvalidParameterValue.InvalidAccessToken',
  'lamp-online': '升级 1.0.0 → 1.1.0',
  'lamp-awaiting': '等待用户确认，然后升级',
  'lamp-offline': '离线：DeviceOffline',
  'lamp-fails': '下载时失败',
  'lamp-lost': '离线，随后超时',
  'lamp-gone': '离线，不再恢复',
  'lamp-returns': '离线，恢复后继续升级',
  'lamp-busy': '一直在下载，永不结束',
  'lamp-up-to-date': '已是可升级到的版本',
  'lamp-no-firmware': '从未上报过版本',
  'lamp-shared': '可以查看，不能升级：NoPermission',
  'lamp-cut-off': '接受升级请求，但应答丢失',
  'lamp-done-before': '先前的一次升级已成功',
  'lamp-failed-before': '先前的一次升级失败了',
  'lamp-rolls-back': '可升级到的是更旧的版本',
  'lamp-no-notes': '可升级的固件没有版本说明',
  'lamp-lost-notes': '可升级的固件查不到说明',
  'lamp-statusless': '只告知版本，从不告知状态',
  'lamp-puzzling': '给出无人认识的状态（99）',
  'lamp-abnormal': '既不在线，也不离线',
  'lamp-unlisted': '批量查询在线状态时缺少它',
  'error-': '一切请求都以该错误码拒绝',
  'hidden-': '同上，但错误码藏在 InternalError 的消息中',
  'confirm-error-': '以该错误码拒绝确认',
};

export const bannerWords: Readonly<Record<Language, typeof english>> = {
  en: english,
  zh: {
    title: '，连接的是模拟平台。',
    note: '下面的设备都在本进程中，绝不会调用真实平台。',
    open: '打开',
    page: '在浏览器中：可升级的灯，以及模拟故障的开关',
    sandbox: '在浏览器中：Apollo Sandbox（来自 Apollo 的 CDN），已填好一次确认',
    altair: '在浏览器中：同样的内容，使用 Altair，只来自本进程',
    health: '健康检查',
    tokens: 'AccessToken',
    devices: (product) => `产品 ${product} 的设备`,
    numbered: '与 lamp-online 相同，数量不限',
    confirm: '确认升级',
    watch: '在另一个终端中跟踪一次升级',
    end: '按 Ctrl-C 结束演示，设备会忘记一切。',
    shows: (name, inEnglish) => showsInChinese[name] ?? inEnglish,
  },
};

// The words of the demo's own parts.

import type { Language } from 'firmware-gateway-client/texts';

export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ['en', 'English'],
  ['zh-CN', '简体中文'],
];

const en = {
  title: 'Firmware upgrades, tried out',
  intro: 'These lamps are played by the demo and are yours alone. Press Update, and see what is sent and answered.',
  languages: 'Language',
  trouble: 'Play trouble',
  troubleHint: 'Switch something on, then press Update.',
  switches: {
    slow: 'The platform is slow',
    lostAnswer: 'The answer to a confirm is lost',
    rateLimit: 'Too many requests',
    tokenExpired: 'The token has expired',
  },
  network: 'Connected to the network',
  refusal: 'Refuse a confirm with the code',
  noRefusal: 'none',
  reset: 'Reset everything',
  exchanges: 'Sent and answered',
  forms: 'Form of the operation',
  sent: 'Operation',
  answer: 'Answer',
  code: 'Client code',
  waiting: 'Waiting for the answer …',
  explorer: 'Explorer',
  token: 'Signed in with',
};

const zh: typeof en = {
  title: '固件升级演示',
  intro: '以下灯具由演示程序模拟，仅供您使用。点击“升级”，即可查看发送的请求和收到的响应。',
  languages: '语言',
  trouble: '模拟故障',
  troubleHint: '打开一个开关，再点击“升级”。',
  switches: {
    slow: '平台响应缓慢',
    lostAnswer: '升级确认的响应丢失',
    rateLimit: '请求过于频繁',
    tokenExpired: '登录已失效',
  },
  network: '已连接网络',
  refusal: '以下列错误码拒绝升级确认',
  noRefusal: '无',
  reset: '全部重置',
  exchanges: '请求与响应',
  forms: '请求的形式',
  sent: '请求',
  answer: '响应',
  code: '客户端代码',
  waiting: '等待响应…',
  explorer: '接口调试页',
  token: '当前 Token：',
};

export const words: Readonly<Record<Language, typeof en>> = { en, 'zh-CN': zh };

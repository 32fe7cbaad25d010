// The upgrade in the terminal, as a program: arguments in, exit code out.

import { randomInt } from 'node:crypto';
import type { Form, Values } from '../cli';
import { languageFrom } from '../languages/language';
import { SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';
import { polled, pushed } from './following';
import { DEFAULT_URL } from './question';
import { terminalFrom } from './terminal';
import { upgradeDevice } from './walkthrough';

const DEFAULTS = {
  product: SAMPLE_PRODUCT_ID,
  token: SAMPLE_TOKENS[0].token,
  url: DEFAULT_URL,
};

export const form: Form = {
  name: 'demo:upgrade',
  about: {
    en: `Upgrades one device through the gateway's public GraphQL API.
Exit code: 0 if the device has what is offered, else 1.`,
    zh: `通过网关公开的 GraphQL API 升级一台设备。
退出码：设备已是可升级到的版本时为 0，否则为 1。`,
  },
  options: {
    device: {
      value: 'name',
      meaning: {
        en: 'whom to upgrade. Default: a lamp that nobody has upgraded',
        zh: '要升级的设备。默认值：一盏从未升级过的灯',
      },
    },
    product: { value: 'id', byDefault: DEFAULTS.product, meaning: { en: 'its product.', zh: '设备所属的产品。' } },
    token: { value: 'token', byDefault: DEFAULTS.token, meaning: { en: 'its user.', zh: '设备用户的 AccessToken。' } },
    url: {
      value: 'url',
      meaning: {
        en: `GraphQL of the gateway. Default: GATEWAY_URL, else ${DEFAULTS.url}`,
        zh: `网关的 GraphQL 地址。默认值：GATEWAY_URL，没有则为 ${DEFAULTS.url}`,
      },
    },
    poll: { meaning: { en: 'asks again and again, in place of a subscription', zh: '反复查询，不使用订阅' } },
  },
};

/** Beyond those that the explorers are filled in with. */
const freshLamp = (): string => `lamp-${randomInt(100_000, 1_000_000)}`;

export async function run(values: Values): Promise<void> {
  const target = {
    url: String(values.url ?? process.env.GATEWAY_URL ?? DEFAULTS.url),
    token: String(values.token),
    productId: String(values.product),
    deviceName: String(values.device ?? freshLamp()),
  };
  const terminal = terminalFrom(process.stdout, process.env.NO_COLOR);
  const done = await upgradeDevice(target, terminal, values.poll ? polled : pushed, languageFrom(process.env));
  process.exitCode = done ? 0 : 1;
}

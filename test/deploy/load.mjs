// Users who keep pressing and asking, so many a second: every confirm is of a device and under a key of its own, some are pressed
// twice at once, and an answer that says RETRY is obeyed under the same key.

import { setTimeout as pause } from 'node:timers/promises';
import { confirm, read } from './ask.mjs';

const RETRIES_LIMIT = 60;
let devices = 0;

export const nextDevice = () => `lamp-${++devices}`;

/** Confirms as an app is told to: RETRY, and only that, is sent again. */
export async function pressed(url, device, tally = { retries: 0 }) {
  for (let retries = 0; ; retries++) {
    const answer = await confirm(url, device, `press-${device}`);
    if (answer.nextStep !== 'RETRY' || retries === RETRIES_LIMIT) return answer;
    tally.retries++;
    await pause(answer.retryAfterMs ?? 200);
  }
}

const kinds = {
  async read(url) {
    const answer = await read(url, nextDevice());
    return answer.__typename === 'DeviceFirmware' ? [] : [answer];
  },
  async confirm(url, tally) {
    const answer = await pressed(url, nextDevice(), tally);
    tally.confirms++;
    return answer.__typename === 'ConfirmFirmwareUpgradeSuccess' ? [] : [answer];
  },
  async doublePress(url, tally) {
    const device = nextDevice();
    const answers = await Promise.all([pressed(url, device, tally), pressed(url, device, tally)]);
    tally.confirms++;
    const failed = answers.filter(({ __typename }) => __typename !== 'ConfirmFirmwareUpgradeSuccess');
    const [first, second] = answers;
    return failed.length === 0 && first.requestId !== second.requestId
      ? [{ __typename: 'two answers', first, second }]
      : failed;
  },
};
const MIX = ['confirm', 'read', 'doublePress', 'read'];

/** Starts the load. `stop` resolves with the tally once every request has its answer. */
export function startLoad(url, perSecond) {
  const tally = { requests: 0, confirms: 0, retries: 0, failed: [] };
  const underWay = new Set();
  const timer = setInterval(() => {
    const kind = MIX[tally.requests++ % MIX.length];
    const one = kinds[kind](url, tally).then((failed) => {
      for (const answer of failed) tally.failed.push({ kind, at: new Date().toISOString(), ...answer });
      underWay.delete(one);
    });
    underWay.add(one);
  }, 1000 / perSecond);
  return {
    tally,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return tally;
    },
  };
}

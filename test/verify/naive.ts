// The control: a client as it is written on a Friday. `fetch`, a retry on errors, a race against a deadline. It must be
// caught by the same harness; otherwise the harness is blind.

import { setTimeout as pause } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import type { Answer } from './client';
import type { Verdict } from './reconcile';
import { PRODUCT } from './run';

const ATTEMPTS = 4;
const PAUSE_MS = 300;
const TIMEOUT_MS = 600;

export interface NaiveClient {
  confirm(device: string, token: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Trusts any certificate, as one does when the real one gave trouble. */
export function createNaiveClient(url: string): NaiveClient {
  const agent = new Agent({ connect: { rejectUnauthorized: false } });

  async function attempts(device: string, token: string): Promise<string> {
    const body = JSON.stringify({
      Action: 'AppPublishFirmwareUpdateMessage',
      RequestId: crypto.randomUUID(),
      ProductId: PRODUCT,
      DeviceName: device,
      AccessToken: token,
    });
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) await pause(PAUSE_MS);
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          dispatcher: agent,
        });
        if (response.status >= 500 || response.status === 429) continue;
        if (response.status !== 204) JSON.parse((await response.text()) || 'null');
        return response.status < 400 ? 'ConfirmFirmwareUpgradeSuccess' : 'TokenApiUnknownCodeError';
      } catch {
        // Network trouble: once more.
      }
    }
    return 'TokenApiUnavailableError';
  }

  return {
    async confirm(device, token) {
      const startedAt = performance.now();
      const timeout = pause(TIMEOUT_MS, 'TokenApiUnavailableError', { ref: false });
      const __typename = await Promise.race([attempts(device, token), timeout]);
      const endedAt = performance.now();
      return { device, startedAt, endedAt, status: 200, headers: {}, body: '', result: { __typename } };
    },
    close: () => agent.destroy(),
  };
}

/** How many confirms the control got wrong. */
export const misbehaviours = ({ doubleSends, falseNotSent, unprovenSuccess }: Verdict): number =>
  new Set([...doubleSends, ...falseNotSent, ...unprovenSuccess]).size;

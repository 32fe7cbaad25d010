// The bystander's process as the section has it before it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Gateway } from '../gateway';
import type { Run } from '../run';
import type { Asking, Report, Told } from './messages';

export interface Bystander {
  /** The platform that every user of a watched gateway shares. */
  readonly platformUrl: string;
  /** Begins to confirm and to probe; resolves once the first confirm was accepted. */
  watch(run: Run, gateway: Gateway): Promise<void>;
  /** Stops, and says how it went. */
  end(): Promise<Report>;
  close(): void;
}

export async function startBystander(): Promise<Bystander> {
  const child = fork(join(__dirname, 'main.js'));
  const left = once(child, 'exit').then(() => {
    throw new Error('The bystander is gone.');
  });
  /** What it says next, which must be of this kind. */
  async function heard<Kind extends Told['kind']>(kind: Kind): Promise<Extract<Told, { kind: Kind }>> {
    const [told] = (await Promise.race([once(child, 'message'), left])) as [Told];
    if (told.kind !== kind) throw new Error(`Expected ${kind} of the bystander, got ${told.kind}`);
    return told as Extract<Told, { kind: Kind }>;
  }
  const ask = (asking: Asking) => child.send(asking);

  const { url } = await heard('started');
  return {
    platformUrl: url,
    async watch({ seed }, { origin, adminOrigin, pid }) {
      ask({ kind: 'watch', watch: { seed, origin, adminOrigin, gatewayPid: pid } });
      await heard('watching');
    },
    async end() {
      ask({ kind: 'end' });
      return (await heard('report')).report;
    },
    close: () => child.disconnect(),
  };
}

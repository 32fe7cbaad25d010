// NEIGHBOURS: whatever one client does, a bystander's confirms are taken in time, and the process stays small and answers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Attack, type Attacker } from '../attackers/attacker';
import { everyAttacker } from '../attackers/everyAttacker';
import type { Report } from '../bystander/messages';
import { type Bystander, startBystander } from '../bystander/process';
import { startGateway } from '../gateway';
import { type Section, say } from '../report';
import type { Run } from '../run';

const ATTACK_MS = 4000;
const QUICK_ATTACK_MS = 2000;
/** So long the bystander is alone before and after the attack. */
const ALONE_MS = 500;
const ANSWER_LIMIT_MS = 1000;
const MEMORY_LIMIT_MB = 300;

interface Harm {
  readonly report: Report;
  readonly memoryMb: number;
  readonly faults: readonly string[];
}

export async function neighbours(run: Run, section: Section): Promise<void> {
  const bystander = await startBystander();
  const harms: Harm[] = [];
  const attackers = everyAttacker.filter(({ name }) => name.includes(run.attackers));
  section.check('attackers', attackers.length, attackers.length > 0);
  for (const attacker of attackers) {
    const harm = await harmBy(run, attacker, bystander);
    harms.push(harm);
    section.none(attacker.name.replace(/[ ,]+/g, '-'), harm.faults);
  }
  const worst = (figure: (harm: Harm) => number) => Math.max(...harms.map(figure));
  section.figure(
    'confirms',
    harms.reduce((sum, { report }) => sum + report.confirms.asked, 0),
  );
  section.figure(
    'worst-p95-ms',
    worst(({ report }) => report.confirms.p95Ms),
  );
  section.figure(
    'worst-livez-ms',
    worst(({ report }) => report.probes.worstMs),
  );
  section.figure(
    'worst-memory-mb',
    worst(({ memoryMb }) => memoryMb),
  );

  const naive: Run = { ...run, quick: true, gateway: join(__dirname, '../attackers/naiveNeighbour.js') };
  for (const attacker of attackers.filter(({ harmsNaive }) => harmsNaive)) {
    const { faults } = await harmBy(naive, attacker, bystander);
    section.check(`control-harmed-by-${attacker.name.replace(/[ ,]+/g, '-')}`, faults.length, faults.length > 0);
  }
  bystander.close();
}

/** One attack on a gateway of its own, so that nothing of an earlier one is left. */
async function harmBy(run: Run, { name, attack: act, settings }: Attacker, bystander: Bystander): Promise<Harm> {
  const gateway = await startGateway(run, bystander.platformUrl, { ...settings });
  await bystander.watch(run, gateway);
  const attack = new Attack(run, gateway);
  await pause(ALONE_MS);
  const attacking = act(attack);
  await pause(run.quick ? QUICK_ATTACK_MS : ATTACK_MS);
  attack.end();
  await attacking;
  await pause(ALONE_MS);
  const report = await bystander.end();
  run.canary.found.push(...report.tokensFound);
  const memoryMb = peakMemoryMb(gateway.pid);
  gateway.kill('SIGKILL');
  const { code, signal } = await gateway.exited;
  const harm = { report, memoryMb, faults: faultsOf(report, memoryMb) };
  if (signal !== 'SIGKILL') harm.faults.push(`the process had ended: ${code ?? signal}`);
  say(
    `  ${name}: ${wordsOf(harm)}; the attacker got ${[...attack.tally].map(([what, n]) => `${what} ×${n}`).join(', ')}`,
  );
  return harm;
}

function faultsOf({ confirms, probes, wrongSends }: Report, memoryMb: number): string[] {
  const limits: [isOver: boolean, what: string][] = [
    [
      confirms.good < confirms.asked,
      `${confirms.good} of ${confirms.asked} confirms taken: ${confirms.faults.join('; ')}`,
    ],
    [confirms.hanging + probes.hanging > 0, `${confirms.hanging} confirms and ${probes.hanging} probes are hanging`],
    [confirms.p95Ms > ANSWER_LIMIT_MS, `p95 of the confirms is ${confirms.p95Ms} ms`],
    [probes.good < probes.asked, `${probes.good} of ${probes.asked} probes answered: ${probes.faults.join('; ')}`],
    [probes.worstMs > ANSWER_LIMIT_MS, `/livez took ${probes.worstMs} ms`],
    [memoryMb > MEMORY_LIMIT_MB, `${memoryMb} MB of memory`],
    [wrongSends.length > 0, wrongSends.join('; ')],
  ];
  return limits.flatMap(([isOver, what]) => (isOver ? [what] : []));
}

const wordsOf = ({ report: { confirms, probes }, memoryMb, faults }: Harm): string =>
  `taken=${confirms.good}/${confirms.asked} p95=${confirms.p95Ms} livez=${probes.worstMs} memory=${memoryMb} MB${faults.length > 0 ? ' HARMED' : ''}`;

/** The kernel's own account of the most that a process ever had; 0 where there is none. */
function peakMemoryMb(pid: number): number {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}

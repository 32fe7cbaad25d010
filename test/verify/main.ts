// The command: which sections run, with which seed, and how it ends.

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCanary } from './canary';
import { createReport, type Section, say } from './report';
import type { Run } from './run';
import { atMostOnce, atMostOnceTls } from './sections/atMostOnce';
import { badInput } from './sections/badInput';
import { circuit } from './sections/circuit';
import { clock } from './sections/clock';
import { controls } from './sections/controls';
import { dedup } from './sections/dedup';
import { drain } from './sections/drain';
import { cop, httpSpec } from './sections/httpSpec';
import { live } from './sections/live';
import { neighbours } from './sections/neighbours';
import { notSent } from './sections/notSent';
import { overload } from './sections/overload';
import { protocol } from './sections/protocol';
import { redisStates } from './sections/redisStates';
import { replicas } from './sections/replicas';
import { secrets } from './sections/secrets';
import { slow } from './sections/slow';
import { spares } from './sections/spares';
import { stop } from './sections/stop';

const sections: Readonly<Record<string, (run: Run, section: Section) => Promise<void>>> = {
  ATMOSTONCE: atMostOnce,
  ATMOSTONCE_TLS: atMostOnceTls,
  SPARES: spares,
  NOTSENT: notSent,
  CIRCUIT: circuit,
  CONTROLS: controls,
  BADINPUT: badInput,
  HTTPSPEC: httpSpec,
  COP: cop,
  DEDUP: dedup,
  REPLICAS: replicas,
  PROTOCOL: protocol,
  REDIS: redisStates,
  CLOCK: clock,
  OVERLOAD: overload,
  DRAIN: drain,
  SLOW: slow,
  NEIGHBOURS: neighbours,
  LIVE: live,
  STOP: stop,
  SECRETS: secrets,
};

const HELP = `Usage: npm run verify -- [options]

Starts the compiled gateway in front of hostile upstreams and shows by figures that it keeps its promises.

  --only NAMES      some of ${Object.keys(sections).join(', ')}
  --except NAMES    all but these
  --seed NUMBER     repeats the chances of an earlier run
  --confirms COUNT  confirms of ATMOSTONCE (20000)
  --fuzzed COUNT    fuzzed requests of BADINPUT (10000)
  --attackers TEXT  those of NEIGHBOURS whose name contains it
  --gateway FILE    the gateway's compiled main file (dist/main.js)
  --quick           the long sections take less time, and show less
  --help
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      except: { type: 'string', default: '' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      confirms: { type: 'string', default: '20000' },
      fuzzed: { type: 'string', default: '10000' },
      attackers: { type: 'string', default: '' },
      gateway: { type: 'string', default: join(__dirname, '../../../dist/main.js') },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const given = (text: string) => text.toUpperCase().split(',').filter(Boolean);
  const [only, except] = [given(values.only ?? ''), given(values.except)];
  const unknown = [...only, ...except].filter((name) => !(name in sections));
  if (unknown.length > 0) throw new Error(`There is no section ${unknown.join(', ')}.\n\n${HELP}`);
  const names = (only.length > 0 ? only : Object.keys(sections)).filter((name) => !except.includes(name));
  const seed = wholeFrom('seed', values.seed);
  const run: Run = {
    seed,
    confirms: wholeFrom('confirms', values.confirms),
    fuzzed: wholeFrom('fuzzed', values.fuzzed),
    attackers: values.attackers,
    gateway: values.gateway,
    strict: !['', 'false', undefined].includes(process.env.CI),
    quick: values.quick,
    canary: createCanary(seed),
  };
  say(`seed ${seed}`);
  const report = createReport();
  for (const name of Object.keys(sections))
    if (names.includes(name))
      await report.section(name, (section) => sections[name]?.(run, section) ?? Promise.resolve());
  const held = report.summary();
  // What a broken section left open must not keep the process.
  process.stdout.write('', () => process.exit(held ? 0 : 1));
}

function wholeFrom(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} is expected to be a whole number, got ${text}.`);
  return Number(text);
}

main().catch((cause: unknown) => {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 2;
});

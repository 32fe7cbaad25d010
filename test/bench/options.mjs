// The command line.

import { parseArgs } from 'node:util';
import { candidates } from './candidates.mjs';

export const PARTS = [
  'table',
  'memory',
  'start',
  'latency',
  'growth',
  'flood',
  'telemetry',
  'distance',
  'entities',
  'idle',
  'live',
  'keys',
];

export const HELP = `npm run bench -- [options]

Measures this gateway against Node's own limit and against other GraphQL gateways, all over the same upstream on this machine.
It takes about 40 minutes and asserts nothing. Needs Linux, two cores and wrk; for keys, redis-server, and for idle and live, 10,500 open files a process.

  --quick            short rounds: about 12 minutes, rough figures
  --only=PARTS       some of ${PARTS.join(',')}
  --servers=NAMES    some of ${candidates.map(({ name }) => name).join(',')}
  --out=FOLDER       where results.json and results.svg go; by default beside the bench, and after a whole run only
  --help

  table      requests a second and CPU a request, 64 connections; bare, and as Apollo Client 4 sends it
  memory     peak RSS with 1,000 requests in flight against an upstream of 2 s
  start      from the start of the process to its first answer
  latency    p50 and p99 at 250 requests a second
  growth     1 to 100 devices in one operation; 64 to 1,024 connections
  flood      RSS under a flood of distinct documents
  telemetry  what a confirm's figures and log lines cost, by our own code and by prom-client and pino
  distance   what one user waits for with a platform 50 ms away over TLS, directly and through a proxy
  entities   1 to 1,000 entities in one operation
  idle       1 to 10,000 open connections of which one is used
  live       10,000 streams of 1,000 upgrades: memory of each, and CPU of an event to that of asking for it
  keys       a confirm with a key, with up to 1,000,000 keys in Redis
`;

const normal = {
  rounds: 5,
  seconds: 5,
  warmUpSeconds: 8,
  starts: 3,
  floodSeconds: 8,
  presses: 20,
  watchers: 10_000,
  liveSeconds: 10,
};
const quick = {
  rounds: 3,
  seconds: 2,
  warmUpSeconds: 5,
  starts: 3,
  floodSeconds: 4,
  presses: 8,
  watchers: 2000,
  liveSeconds: 6,
};

/**
 * What the arguments ask for.
 *
 * @throws Error naming what is not understood
 */
export function optionsFrom(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      servers: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const parts = listFrom('--only', values.only, PARTS);
  const names = listFrom(
    '--servers',
    values.servers,
    candidates.map(({ name }) => name),
  );
  return {
    help: values.help,
    command: [
      'npm run bench',
      ...(args.length > 0 ? ['--', ...args.filter((arg) => !arg.startsWith('--out'))] : []),
    ].join(' '),
    parts,
    candidates: candidates.filter(({ name }) => names.includes(name)),
    isWhole: !values.quick && values.only === undefined && values.servers === undefined,
    out: values.out,
    ...(values.quick ? quick : normal),
  };
}

function listFrom(option, given, known) {
  if (given === undefined) return known;
  const names = given.split(',');
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw new Error(`${option}: ${strange} is none of ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

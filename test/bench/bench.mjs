// `npm run bench`: one upstream, one part after another, the figures on stdout and in results.json and results.svg.
// It measures and asserts nothing: a figure short of its target is said to be so.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CONNECTIONS, whatIsMissing } from './load.mjs';
import { HELP, optionsFrom } from './options.mjs';
import * as distance from './parts/distance.mjs';
import * as entities from './parts/entities.mjs';
import * as flood from './parts/flood.mjs';
import * as growth from './parts/growth.mjs';
import * as idle from './parts/idle.mjs';
import * as keys from './parts/keys.mjs';
import * as latency from './parts/latency.mjs';
import * as live from './parts/live.mjs';
import * as memory from './parts/memory.mjs';
import * as start from './parts/start.mjs';
import * as table from './parts/table.mjs';
import * as telemetry from './parts/telemetry.mjs';
import { plotOf } from './plot.mjs';
import { startUpstream, takeLoadCore } from './subject.mjs';

const parts = { table, memory, start, latency, growth, flood, telemetry, distance, entities, idle, live, keys };
const say = (line) => process.stdout.write(`${line}\n`);
/** Progress goes to stderr, so that stdout holds the figures alone. */
const progress = (line) => process.stderr.write(`  ${line}\n`);

async function main() {
  const options = optionsFrom(process.argv.slice(2));
  if (options.help) return say(HELP);
  const missing = whatIsMissing() ?? (availableParallelism() < 2 ? 'The bench needs two cores.' : undefined);
  if (missing) throw new Error(missing);
  if (!existsSync(new URL('../../dist/main.js', import.meta.url))) throw new Error('Build first: npm run build');
  takeLoadCore();

  const upstream = await startUpstream();
  const results = {
    command: options.command,
    takenAt: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
    settings: { rounds: options.rounds, seconds: options.seconds, connections: CONNECTIONS },
    parts: {},
  };
  say(`${results.machine.cpu}, ${results.machine.cores} cores, Node ${process.version}; ${results.takenAt}`);
  try {
    for (const name of options.parts) {
      progress(`${name} …`);
      const figures = await parts[name].measure({ ...options, upstream, say: progress });
      results.parts[name] = figures;
      say(`\n== ${name}`);
      parts[name].print(figures, say);
      for (const { what, text } of figures.verdicts) say(`${what}: ${text}`);
    }
  } finally {
    await upstream.stop();
  }
  write(results, options);
}

function write(results, { out, isWhole }) {
  if (!isWhole && out === undefined) return;
  const folder = out ?? fileURLToPath(new URL('.', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/results.json`, `${JSON.stringify(results, rounded, 2)}\n`);
  if (results.parts.table) writeFileSync(`${folder}/results.svg`, plotOf(results));
  progress('results.json and results.svg are written.');
}

/** Four digits are more than is known. */
const rounded = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);

main().then(
  () => process.exit(0),
  (cause) => {
    process.stderr.write(`bench: ${cause.message}\n`);
    process.exit(1);
  },
);

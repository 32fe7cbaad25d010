#!/usr/bin/env node
// The process: read the arguments and the configuration, start, say where, leave on a signal.

import { onStop } from './signals';
import './engine/production';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { defaultOf, type Form, helpOf, UsageError, type Values, valuesFrom } from './cli';
import { ConfigError, configFrom, environmentRows, printedConfig } from './config';
import { ManifestFault } from './engine/manifest';
import { type Language, languageFrom, type Text } from './languages/language';
import { startGateway } from './server';
import { outputOf } from './telemetry/output';

// For the tests of an app, which run the gateway over the simulated platform in their own process.
export { configFrom, startGateway };
export const startSimulator: typeof import('./simulator/simulator').startSimulator = (options) =>
  (require('./simulator/simulator') as typeof import('./simulator/simulator')).startSimulator(options);

const isProgram = require.main?.filename === __filename;

// What V8 reads each time that it decides, so that it holds from here on.
if (isProgram)
  for (const flag of [
    // By itself, V8 lets the old part of the heap grow to four times what is alive, before it looks for garbage there: under a flood
    // of new documents to 110 MB, of which 25 are alive.
    '--heap-growing-percent=100',
    // After some seconds without requests, V8 gives memory back, and with it the shapes of objects that none has at that moment. All
    // code that was optimized for them goes, too: of the second that follows, each request took four times its CPU.
    '--no-memory-reducer-for-small-heaps',
    // A request passes many small functions, more than V8 by default puts into one: with more, its CPU is about a twentieth less.
    '--max-inlined-bytecode-size=920',
    '--max-inlined-bytecode-size-cumulative=2760',
  ])
    setFlagsFromString(flag);

const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };

/** The exit code if something had to be cut, so that all of it fits into the time to stop. */
const CUT = 2;

/** The exit code if the arguments are none of these. */
const USAGE = 2;

const SERVE: Form = {
  name: '[serve]',
  about: { en: 'Serves, configured by the environment.', zh: '提供服务，由环境变量配置。' },
  options: {
    version: { short: 'v', meaning: { en: 'the version', zh: '版本号' } },
    'print-config': {
      meaning: {
        en: 'the configuration that the environment describes, without secrets',
        zh: '环境变量所描述的配置，不含密钥',
      },
    },
  },
};

interface Command {
  readonly form: Form;
  run(values: Values): Promise<void>;
}

/** Those beside the gateway itself are loaded only when they are asked for. */
const COMMANDS: Readonly<Record<string, () => Command>> = {
  serve: () => ({ form: SERVE, run: serve }),
  demo: () => require('./demo/demo') as typeof import('./demo/demo'),
  'demo:upgrade': () => require('./demo/demoUpgrade') as typeof import('./demo/demoUpgrade'),
  simulator: () => require('./demo/simulator') as typeof import('./demo/simulator'),
};

const ABOUT: Text = {
  en: 'A GraphQL gateway that lets a user confirm a firmware upgrade on a Tencent IoT Explorer device.',
  zh: 'GraphQL 网关：用户通过它确认腾讯云物联网开发平台（IoT Explorer）设备的固件升级。',
};
const OTHERS: Text = {
  en: 'Other commands; each has a --help of its own:',
  zh: '其他命令，每个都有自己的 --help：',
};
const VARIABLES: Text = { en: 'Environment variables:', zh: '环境变量：' };

/** Loaded for the help alone. */
const meaningsIn = (language: Language) =>
  language === 'en'
    ? undefined
    : (require('./languages/variablesInChinese') as typeof import('./languages/variablesInChinese')).meaningsInChinese;

const help = (language: Language): string => `firmware-gateway ${version}
${ABOUT[language]}

${helpOf(SERVE, language)}
${OTHERS[language]}
${Object.entries(COMMANDS)
  .slice(1)
  .map(([name, command]) => `  ${name.padEnd(26)} ${command().form.about[language].split('\n', 1)}`)
  .join('\n')}

${VARIABLES[language]}
${environmentRows(meaningsIn(language))
  .map(({ name, byDefault, meaning }) => `  ${name.padEnd(30)} ${meaning}${defaultOf(byDefault, language)}`)
  .join('\n')}
`;

async function main([first = '', ...rest]: readonly string[]): Promise<void> {
  const isOption = first === '' || first.startsWith('-');
  const command = isOption ? COMMANDS.serve : Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  const expected = Object.keys(COMMANDS);
  if (!command) throw new UsageError(`Unknown command '${first}': expected ${expected.join(' or ')}`);
  const { form, run } = command();
  const values = valuesFrom(form, isOption && first !== '' ? [first, ...rest] : rest);
  const language = languageFrom(process.env);
  if (values.help) return void process.stdout.write(form === SERVE ? help(language) : helpOf(form, language));
  return run(values);
}

async function serve(values: Values): Promise<void> {
  if (values.version) return void process.stdout.write(`${version}\n`);
  const config = configFrom(process.env);
  if (values['print-config']) return void process.stdout.write(printedConfig(config));

  // A signal that came while all this was loaded is heard before anything is begun: between two turns of the event loop.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
  const gateway = await startGateway(config);
  // Before anybody is told where it serves: whoever reads that may send a signal at once.
  onStop(() => {
    gateway.drain().then(
      (isWhole) => process.exit(isWhole ? 0 : CUT),
      (cause) => fail('firmware-gateway did not close well', cause),
    );
  });
  sayWhere(gateway.url, gateway.adminUrl, config.TOKENAPI_URL.origin + config.TOKENAPI_URL.pathname);
}

/** One line, whatever is logged: for people in a terminal, a log line elsewhere. */
function sayWhere(url: string, adminUrl: string, upstream: string): void {
  const msg = `firmware-gateway ${version} serves ${url} in front of ${upstream}; health and metrics at ${adminUrl}`;
  const line = { level: 30, time: new Date().toISOString(), version, url, adminUrl, upstream, msg };
  const stdout = outputOf(1);
  stdout.write(`${isatty(1) ? msg : JSON.stringify(line)}\n`);
  // Now, for whoever waits for it.
  void stdout.flush(0);
}

if (isProgram)
  main(process.argv.slice(2)).catch((cause: unknown) => {
    if (cause instanceof UsageError) fail('firmware-gateway', `${cause.message}.\nSee firmware-gateway --help.`, USAGE);
    fail('firmware-gateway cannot start', cause);
  });

function fail(what: string, cause: unknown, code = 1): void {
  // What the process has left is written when it exits, and nobody is waited for.
  outputOf(2).write(`${what}:\n${messageFrom(cause)}\n`);
  process.exit(code);
}

function messageFrom(cause: unknown): string {
  if (cause instanceof ConfigError || cause instanceof ManifestFault) return cause.message;
  if (!(cause instanceof Error)) return String(cause);
  const { code, port } = cause as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken: choose another with PORT or ADMIN_PORT.`;
  return cause.stack ?? cause.message;
}

// Every command of every page is run: a curl against the demo here, as it stands; any other by what the table below names.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { parse, print } from 'graphql';
import { scripts } from '../../package.json';
import { type Pair, startPair } from '../pair';
import { type Block, blocksOf, pages, pagesIn, sectionOf, textOf } from './pages';

const DEMO = 'http://localhost:4000';

/** Which file runs a command, and the words by which it does. */
type Claim = readonly [file: string, words: string];

/** Commands that `.ci/run` does not run in these words. */
const runBy: Record<string, Claim> = {
  'npm run demo': ['test/docs/scripts.test.ts', "startScript('demo'"],
  'node upgrade.mjs': ['test/examples/node.test.ts', "folder.run('node upgrade.mjs')"],
  'npm ci && npm pack . ./clients': ['test/examples/package.json', 'npm pack . ./clients '],
  'npm install firmware-gateway-client': ['test/clients/package.test.ts', "'install', '--silent'"],
  'npm start': ['test/docs/scripts.test.ts', "startScript('start'"],
};

/** Which file runs the commands of a section, in an empty folder. */
const sections: Record<string, string> = {
  'An app in an hour': 'test/examples/folder.ts',
  React: 'test/examples/react.test.ts',
  'Mini programs': 'test/examples/wechat.test.ts',
  'From an empty folder': 'test/examples/supergraph.test.ts',
};

/** Blocks of several lines that only make sense together. */
const runWhole: Record<string, Claim> = {
  'docs/clients.md': ['test/demo/start.test.ts', "blocksOf('docs/clients.md')"],
  'docs/operating.md': ['test/deploy/releases.test.mjs', "blockOf('docs/operating.md', 'sh')"],
};

const isStream = ({ text }: Block) => text.includes(`curl -sN ${DEMO}/graphql`);
const isCurl = (block: Block) => isStream(block) || block.text.includes(`curl -s ${DEMO}/graphql`);
// A translation has the same ones: see translations.test.ts.
const blocks = pagesIn('en').flatMap(blocksOf);
const commands = blocks.filter(({ language }) => language === 'sh');

/** Each curl with what the page shows after it: JSON, or the end of a stream. */
const curls = commands.filter(isCurl).map((block) => {
  const shown = blocks[blocks.indexOf(block) + 1];
  return [`${block.page}: ${block.text.split('\n').at(-1)}`, block, shown] as const;
});

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ simulator: { paceMs: 400 } });
});
afterAll(() => pair.close());

/** What a shell prints for a block that is pasted into it. */
async function pasted({ text: block }: Pick<Block, 'text'>): Promise<string> {
  const { origin } = new URL(pair.url);
  const script = block.replaceAll(DEMO, origin).replace('sleep 2', 'sleep 0.4');
  // A pipe of the shell's own: /dev/stderr cannot be opened where it is Node's.
  const child = spawn('sh', ['-c', `{ ${script}\n} 2>&1 | cat`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return printed.trim();
}

const lastLine = (printed: string) => printed.split('\n').at(-1) ?? '';

const withoutIds = (json: string) =>
  JSON.parse(json, (key, member) => (key === 'requestId' ? 'some id' : (member as unknown)));

const hasCurl = spawnSync('curl', ['--version']).status === 0;
const withCurl = hasCurl ? it : it.skip;

it('shows at least a success, and the three operations', () => {
  expect(curls.length).toBeGreaterThanOrEqual(4);
});

withCurl.each(curls)('%s', async (_name, block, shown) => {
  const [language, end = ''] = [shown?.language, shown?.text];
  const printed = await pasted(block);
  expect(language).toBe(isStream(block) ? 'text' : 'json');
  if (isStream(block)) expect(printed.slice(-end.length)).toBe(end);
  else expect(withoutIds(lastLine(printed))).toEqual(withoutIds(end));
});

withCurl('shows the refusal that another device brings', async () => {
  const [, first] = curls[0] ?? [];
  const refusal = blocks.find(({ page, text }) => page === 'README.md' && text.includes('DeviceOfflineError'));
  const other = { text: first?.text.replace('"lamp-online"', '"lamp-offline"') ?? '' };
  expect(JSON.parse(lastLine(await pasted(other)))).toEqual(JSON.parse(refusal?.text ?? ''));
});

it('shows the operation and its variables as the first command sends them', () => {
  const own = blocksOf('README.md');
  const operation = own.findIndex(({ language }) => language === 'graphql');
  const [, body = ''] = /-d '([^']+)'/.exec(own.find(isCurl)?.text ?? '') ?? [];
  const sent = JSON.parse(body);
  const printed = (query: string) => print(parse(query));
  expect(printed(sent.query)).toBe(printed(own[operation]?.text ?? ''));
  expect(sent.variables).toEqual(JSON.parse(own[operation + 1]?.text ?? ''));
});

const others = commands.filter((block) => !isCurl(block));

function claimsOf(page: string, block: string): Claim[] {
  if (runBy[block]) return [runBy[block]];
  const heading = Object.keys(sections).find((one) => sectionOf(page, one).commands.includes(block));
  if (heading) return [[sections[heading] as string, `sectionOf('${page}', '${heading}')`]];
  if (block.includes('\n')) return [runWhole[page] ?? [page, 'the name of a file that runs it']];
  return block.split(' && ').map((command) => runBy[command] ?? ['.ci/run', `\n${command}\n`]);
}

it.each(others.map((block) => [block.page, block.text.split('\n')[0], block.text] as const))(
  '%s: %s … is run',
  (page, _line, block) => {
    const claims = claimsOf(page, block);
    expect(claims.filter(([file, words]) => !textOf(file).includes(words))).toEqual([]);
  },
);

it('names no npm script that is not there, and every script to those who contribute', () => {
  const named = (page: string) => [...textOf(page).matchAll(/npm (?:run (?:--silent )?)?([a-z:]+)/g)];
  const own = ['ci', 'install', 'pack', 'version'];
  const unknown = pages.flatMap((page) =>
    named(page).filter(
      ([command, name = '']) => command.includes(' run ') && !(name in scripts) && !own.includes(name),
    ),
  );
  expect(unknown.map(([command]) => command)).toEqual([]);
  const explained = named('CONTRIBUTING.md').map(([, name]) => name);
  const hooks = /^(pre|post)/;
  expect(Object.keys(scripts).filter((name) => !hooks.test(name) && !explained.includes(name))).toEqual([]);
});

// What docs/clients.md shows to an app is what the other tests run.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefinitionNode, parse, print } from 'graphql';

const text = (path: string) => readFileSync(join(__dirname, path), 'utf8');
const page = text('../../docs/clients.md');
const shown = (language: string) => page.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

const printed = (source: string) => parse(source).definitions.map((definition: DefinitionNode) => print(definition));

it('shows operations as they are shipped', () => {
  const operations = printed(text('../../clients/operations.graphql'));
  expect(operations).toEqual(expect.arrayContaining(printed(shown('graphql'))));
});

it('shows the lines that poll', () => {
  const lines = (source: string) => source.split('\n').map((line) => line.trim());
  const polling = lines(shown('ts')).filter((line) => line !== '');
  expect(polling.length).toBeGreaterThan(2);
  expect(lines(text('apolloCache.test.ts')).join('\n')).toContain(polling.join('\n'));
});

// The tables of the pages are the code's, in both directions.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLEnumType } from 'graphql';
import { environmentRows } from '../../src/config';
import { createSchema } from '../../src/engine/schema';
import { rowsByCode, rowsOfTheGateway } from '../../src/graph/errors';
import { meaningsInChinese } from '../../src/languages/variablesInChinese';
import { LANGUAGES, namesIn, ROOT, rowsUnder } from './pages';

const names = (folder: string) => readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });

/** What the tables say in words, in each language. */
const WORDS = { en: { same: 'the same', none: 'none' }, zh: { same: '相同', none: '无' } };
const MEANINGS = { en: undefined, zh: meaningsInChinese };

it.each(LANGUAGES)('lists every error: when, of which type, and what the app should do (%s)', (language) => {
  const expected = Object.entries({ ...rowsByCode, ...rowsOfTheGateway }).map(([code, { confirm, read }]) => {
    const [ofConfirm, ofRead] = [confirm, read].map(([type, nextStep]) => `${type.name}, ${nextStep}`);
    return [`\`${code}\``, ofConfirm, ofConfirm === ofRead ? WORDS[language].same : ofRead];
  });
  expect(rowsUnder('docs/errors.md', 'when (code)', language).sort()).toEqual(expected.sort());
});

it('lists every code of `errors[]`', () => {
  const sources = names('src')
    .filter((entry) => entry.isFile() && /\/src\/(engine|http)/.test(entry.parentPath))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const said = [...sources.join('\n').matchAll(/(?:code:|code =|case|\b\d{3}:|,)\s*'([A-Z]{3,}(?:_[A-Z]+)*)'/g)].map(
    ([, code]) => code as string,
  );
  const rows = rowsUnder('docs/errors.md', 'code').flatMap(([codes = '']) => namesIn(codes));
  expect(rows.sort()).toEqual([...new Set(said)].sort());
});

it('says of every next step what the schema says, and in Chinese the same ones', () => {
  const steps = createSchema().getType('TokenApiNextStep') as GraphQLEnumType;
  expect(rowsUnder('README.md', 'nextStep')).toEqual(
    steps.getValues().map(({ name, description }) => [name, description]),
  );
  expect(rowsUnder('README.md', 'nextStep', 'zh').map(([name]) => name)).toEqual(
    steps.getValues().map(({ name }) => name),
  );
});

it.each(LANGUAGES)('lists every environment variable with its default and its meaning (%s)', (language) => {
  const shown = (byDefault: string | undefined) =>
    byDefault === undefined ? WORDS[language].none : `\`${byDefault}\``;
  expect(rowsUnder('docs/configuration.md', 'variable', language)).toEqual(
    environmentRows(MEANINGS[language]).map(({ name, byDefault, meaning }) => [
      `\`${name}\``,
      shown(byDefault),
      meaning,
    ]),
  );
});

/** Rooms that no request passes, and the process itself: they have no limits, and loading some of them starts something. */
const WITHOUT_LIMITS = /\/src\/(main\.ts|demo|generate|simulator)/;

it('explains in Chinese no variable that is not there', () => {
  expect(Object.keys(meaningsInChinese)).toEqual(environmentRows().map(({ name }) => name));
});

it.each(LANGUAGES)('lists every limit with its figure (%s)', (language) => {
  const files = names('src')
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !WITHOUT_LIMITS.test(path));
  const figures = files.flatMap((path) =>
    Object.entries(require(path))
      .filter(([name, value]) => typeof value === 'number' && /^[A-Z_]+$/.test(name))
      .map(([name, value]) => [`\`${name}\``, (value as number).toLocaleString('en')]),
  );
  expect(figures.length).toBeGreaterThan(15);
  const rows = rowsUnder('docs/configuration.md', 'limit', language).map(([name, figure]) => [name, figure]);
  expect(rows.sort()).toEqual(figures.sort());
});

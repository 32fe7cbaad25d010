// The tables of the pages are the code's, in both directions.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLEnumType } from 'graphql';
import { environmentRows } from '../../src/config';
import { createSchema } from '../../src/engine/schema';
import { rowsByCode, rowsOfTheGateway } from '../../src/graph/errors';
import { ROOT, rowsUnder } from './pages';

const names = (folder: string) => readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });

it('lists every error: when, of which type, and what the app should do', () => {
  const expected = Object.entries({ ...rowsByCode, ...rowsOfTheGateway }).map(([code, { confirm, read }]) => {
    const [ofConfirm, ofRead] = [confirm, read].map(([type, nextStep]) => `${type.name}, ${nextStep}`);
    return [`\`${code}\``, ofConfirm, ofConfirm === ofRead ? 'the same' : ofRead];
  });
  expect(rowsUnder('docs/errors.md', 'when (code)').sort()).toEqual(expected.sort());
});

it('says of every next step what the schema says', () => {
  const steps = createSchema().getType('TokenApiNextStep') as GraphQLEnumType;
  expect(rowsUnder('README.md', 'nextStep')).toEqual(
    steps.getValues().map(({ name, description }) => [name, description]),
  );
});

it('lists every environment variable with its default and its meaning', () => {
  const shown = (byDefault: string) => (byDefault === 'none' ? 'none' : `\`${byDefault}\``);
  expect(rowsUnder('docs/configuration.md', 'variable')).toEqual(
    environmentRows().map(({ name, byDefault, meaning }) => [`\`${name}\``, shown(byDefault), meaning]),
  );
});

/** Rooms that no request passes, and the process itself: they have no limits, and loading some of them starts something. */
const WITHOUT_LIMITS = /\/src\/(main\.ts|demo|generate|simulator)/;

it('lists every limit with its figure', () => {
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
  const rows = rowsUnder('docs/configuration.md', 'limit').map(([name, figure]) => [name, figure]);
  expect(rows.sort()).toEqual(figures.sort());
});

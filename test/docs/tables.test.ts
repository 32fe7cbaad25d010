// The README's tables are the code's, in both directions.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphQLEnumType } from 'graphql';
import { environmentVariables } from '../../src/config';
import * as keys from '../../src/confirms/keys';
import * as settling from '../../src/confirms/settling';
import * as loaders from '../../src/context/loaders';
import * as documents from '../../src/engine/documents';
import * as limits from '../../src/engine/limits';
import { createSchema } from '../../src/engine/schema';
import { rowsByCode, rowsOfTheGateway } from '../../src/graph/errors';
import * as servers from '../../src/http/servers';
import * as devices from '../../src/operations/devices';
import * as entities from '../../src/operations/entities';
import * as breaker from '../../src/tokenapi/breaker';
import * as wire from '../../src/tokenapi/wire';

const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');

/** The rows beneath a heading row, each as its cells. */
function rowsUnder(heading: string): string[][] {
  const start = readme.indexOf(`| ${heading} |`);
  if (start < 0) throw new Error(`expected a table headed ${heading}`);
  const [, , ...rows] = readme.slice(start, readme.indexOf('\n\n', start)).split('\n');
  return rows.map((row) => row.slice(2, -2).split(' | '));
}

it('lists every error: when, of which type, and what the app should do', () => {
  const expected = Object.entries({ ...rowsByCode, ...rowsOfTheGateway }).map(([code, { confirm, read }]) => {
    const [ofConfirm, ofRead] = [confirm, read].map(([type, nextStep]) => `${type.name}, ${nextStep}`);
    return [`\`${code}\``, ofConfirm, ofConfirm === ofRead ? 'the same' : ofRead];
  });
  expect(rowsUnder('when (code)').sort()).toEqual(expected.sort());
});

it('says of every next step what the schema says', () => {
  const steps = createSchema().getType('TokenApiNextStep') as GraphQLEnumType;
  expect(rowsUnder('nextStep')).toEqual(steps.getValues().map(({ name, description }) => [name, description]));
});

it('lists every environment variable with its meaning', () => {
  const rows = rowsUnder('variable').map(([name, , meaning]) => [name, meaning]);
  expect(rows).toEqual([...environmentVariables].map(([name, meaning]) => [`\`${name}\``, meaning]));
});

it('lists every limit with its figure', () => {
  const modules = [limits, devices, entities, loaders, wire, breaker, servers, settling, keys, documents];
  const figures = modules.flatMap((module) =>
    Object.entries(module)
      .filter(([name, value]) => typeof value === 'number' && /^[A-Z_]+$/.test(name))
      .map(([name, value]) => [`\`${name}\``, (value as number).toLocaleString('en')]),
  );
  expect(figures.length).toBeGreaterThan(15);
  expect(
    rowsUnder('limit')
      .map(([name, figure]) => [name, figure])
      .sort(),
  ).toEqual(figures.sort());
});

it('tells what the last whole bench measured, as it measured it', () => {
  const results = JSON.parse(readFileSync(join(__dirname, '..', 'bench', 'results.json'), 'utf8'));
  const verdicts = Object.values<{ verdicts: { what: string; text: string }[] }>(results.parts).flatMap(
    (part) => part.verdicts,
  );
  expect(rowsUnder('to what')).toEqual(verdicts.map(({ what, text }) => [what, text]));
  expect(readme).toContain(`\`${results.command}\` made this plot`);
});

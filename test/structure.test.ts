// The rooms of the house: what each may import is a rule of the linter, the same stands in the docs, and no import goes past it,
// not one of types and not one that is loaded late.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { namesIn, rowsUnder } from './docs/pages';

const src = join(__dirname, '..', 'src');
const biome = JSON.parse(readFileSync(join(__dirname, '..', 'biome.json'), 'utf8')) as {
  overrides: {
    includes: string[];
    linter: { rules: { style: { noRestrictedImports: { options: { patterns: { group: string[] }[] } } } } };
  }[];
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const roomOf = (file: string) => file.split('/')[0]?.replace(/\.ts$/, '') ?? '';
const rooms = [...new Set(files.filter((file) => file.includes('/')).map(roomOf))].sort();
const outside = files.filter((file) => !file.includes('/')).map(roomOf);

/** The rooms, and the files outside of them, that the linter forbids to a room. */
const forbiddenTo = new Map(
  biome.overrides.map(({ includes, linter }) => [
    includes.join().replace(/^src\/|\/\*\*$/g, ''),
    new Set(
      linter.rules.style.noRestrictedImports.options.patterns
        .flatMap(({ group }) => group)
        .map((pattern) => pattern.replace(/^\*\*\/|\/\*\*$|^(\.\.\/)+/g, '')),
    ),
  ]),
);

/** Every import of a file of ours: of values, of types, and by a late `require` or `import()`. */
const imports = files.flatMap((file) =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import|require\(|import\()\s*'(\.[^']+)'/g)].map(
    ([, specifier]) => ({ file, target: relative(src, join(src, dirname(file), specifier ?? '')) }),
  ),
);

it('has a rule of the linter for each room', () => {
  expect([...forbiddenTo.keys()].sort()).toEqual(rooms);
});

it.each(rooms)('keeps %s to the rooms that it may import', (room) => {
  const forbidden = forbiddenTo.get(room);
  const wrong = imports.filter(
    ({ file, target }) => roomOf(file) === room && roomOf(target) !== room && forbidden?.has(roomOf(target)),
  );
  expect(imports.length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

it('says in docs/architecture.md what the rules say', () => {
  const table = rowsUnder('docs/architecture.md', 'room').map(([room = '', , may = '']) => [
    namesIn(room)[0],
    namesIn(may),
  ]);
  const rules = rooms.map((room) => [
    room,
    [...rooms, ...outside.map((name) => `${name}.ts`)].filter(
      (other) => other !== room && !forbiddenTo.get(room)?.has(other.replace(/\.ts$/, '')),
    ),
  ]);
  const sorted = (rows: unknown[][]) => rows.map(([room, may]) => [room, [...(may as string[])].sort()]).sort();
  expect(sorted(table)).toEqual(sorted(rules));
});

it('lets no room import main.ts, and none but the demo what starts the gateway', () => {
  for (const room of rooms)
    for (const file of outside)
      expect([room, file, forbiddenTo.get(room)?.has(file)]).toEqual([room, file, room !== 'demo' || file === 'main']);
});

it('has no circle among the rooms that each may import, so none can come about', () => {
  const allowedTo = new Map(
    rooms.map((room) => [room, rooms.filter((each) => each !== room && !forbiddenTo.get(room)?.has(each))]),
  );
  const reachable = (room: string, seen = new Set<string>()): Set<string> => {
    for (const next of allowedTo.get(room) ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        reachable(next, seen);
      }
    return seen;
  };
  for (const room of rooms) expect([room, reachable(room).has(room)]).toEqual([room, false]);
});

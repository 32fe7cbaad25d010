// The package's types break nobody who uses the last release's, unless the version says so.

import { announcesBreaking, breakingChanges, doors, lastVersion, version } from './breaking';

it('breaks nothing that the version does not announce', () => {
  expect(doors).toContain('index');
  if (!announcesBreaking(lastVersion, version)) expect(breakingChanges()).toEqual([]);
}, 60_000);

const breaking: [name: string, file: string, change: (text: string) => string][] = [
  ['a method less', 'client.d.ts', (text) => text.replace(/ {4}check\(.*\n/, '')],
  ['an export less', 'index.d.ts', (text) => text.replace(', pollIntervalFrom }', ' }')],
  ['an option that must be given now', 'client.d.ts', (text) => text.replace('request?:', 'request:')],
  ['an option of another type', 'client.d.ts', (text) => text.replace('url: string', 'url: URL')],
  ['a field less in a result', 'types.d.ts', (text) => text.replace(/ {4}readonly connectivity: Conn.*\n/, '')],
  ['a member of the state less', 'upgradeStates.d.ts', (text) => text.replace(/ {4}readonly canPress.*\n/, '')],
];

it.each(breaking)(
  '%s is found',
  (_name, file, change) => {
    let isChanged = false;
    const faults = breakingChanges((name, text) => {
      if (!name.endsWith(`/${file}`)) return text;
      isChanged ||= change(text) !== text;
      return change(text);
    });
    expect(isChanged).toBe(true);
    expect(faults).not.toEqual([]);
  },
  60_000,
);

const harmless: [name: string, file: string, change: (text: string) => string][] = [
  [
    'an option more',
    'client.d.ts',
    (text) => text.replace('readonly url: string;', 'readonly url: string; later?: 1;'),
  ],
  [
    'a field more in a result',
    'types.d.ts',
    (text) => text.replace('readonly connectivity', 'later: 1; readonly connectivity'),
  ],
];

it.each(harmless)(
  '%s is not',
  (_name, file, change) => {
    expect(breakingChanges((name, text) => (name.endsWith(`/${file}`) ? change(text) : text))).toEqual([]);
  },
  60_000,
);

it.each([
  ['0.1.0', '0.1.1', false],
  ['0.1.0', '0.2.0', true],
  ['1.1.0', '1.2.0', false],
  ['1.9.9', '2.0.0', true],
] as const)('from %s to %s, a break is expected: %s', (before, after, isExpected) => {
  expect(announcesBreaking(before, after)).toBe(isExpected);
});

// schema.graphql breaks nobody who uses the last release's, unless the version says so.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { announcesBreaking, breakingChanges, current, faults, lastRelease } from './breaking.mjs';

test('nothing is broken that the version does not announce', async () => {
  assert.deepEqual(await faults(lastRelease(), current), [], 'take it back, or raise the version in package.json');
});

test('the release that is kept is the newest that is tagged', (t) => {
  const [newest] = execFileSync('git', ['tag', '--list', 'v*', '--sort=-v:refname'], { encoding: 'utf8' }).split('\n');
  if (newest === '') return t.skip('no release is tagged in this clone');
  assert.equal(`v${lastRelease().version}`, newest, 'npm --prefix test/supergraph run keep');
});

/** Without descriptions, so that a line can be taken out. */
const sdl = current.sdl.replaceAll(/^\s*"{3}[\s\S]*?"{3}\n/gm, '');
const without = (text) => {
  assert.ok(sdl.includes(text));
  return sdl.replace(text, '');
};

const breaking = {
  'a field less': without('  percent: Int\n'),
  'a member less': without(' | TokenApiRateLimitedError'),
  'a value less': without('  ABNORMAL\n'),
  'a key less': without('  @key(fields: "productId deviceName")\n'),
  'a field that may be null now': sdl.replace('isFinal: Boolean!', 'isFinal: Boolean'),
  'an argument that must be given now': sdl.replace('idempotencyKey: String\n', 'idempotencyKey: String!\n'),
};

const harmless = {
  'a field more': sdl.replace('  isFinal: Boolean!', '  isFinal: Boolean!\n  etaMs: Int'),
  'an argument more that may be left out': sdl.replace(
    'idempotencyKey: String\n',
    'idempotencyKey: String\n    note: String\n',
  ),
  'a value more': sdl.replace('  ABNORMAL\n', '  ABNORMAL\n  ASLEEP\n'),
  'a description more': sdl.replace('  isFinal: Boolean!', '  "Whether it has ended."\n  isFinal: Boolean!'),
};

for (const [name, after] of Object.entries(breaking))
  test(`${name} fails, until the version announces it`, async () => {
    assert.notEqual(after, sdl);
    const before = { version: '0.4.2', sdl };
    assert.equal((await faults(before, { version: '0.4.2', sdl: after })).length, 1);
    assert.equal((await faults(before, { version: '0.4.3', sdl: after })).length, 1);
    assert.deepEqual(await faults(before, { version: '0.5.0', sdl: after }), []);
  });

for (const [name, after] of Object.entries(harmless))
  test(`${name} passes`, async () => {
    assert.notEqual(after, sdl);
    assert.deepEqual(await breakingChanges(sdl, after), []);
  });

for (const [before, after, isAnnounced] of [
  ['0.1.0', '0.1.1', false],
  ['0.1.0', '0.2.0', true],
  ['0.9.0', '1.0.0', true],
  ['1.1.0', '1.2.0', false],
  ['1.9.9', '2.0.0', true],
  ['1.9.0', '0.10.0', false],
])
  test(`from ${before} to ${after}, a break is ${isAnnounced ? '' : 'not '}to be expected`, () => {
    assert.equal(announcesBreaking(before, after), isAnnounced);
  });

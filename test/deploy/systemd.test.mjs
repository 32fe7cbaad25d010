// The unit of systemd: that it is well formed, exposes little, and waits for as long as the gateway takes to stop.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fromRoot, needs, textOf } from './machine.mjs';

const UNIT = 'deploy/systemd/firmware-gateway.service';
const analyzed = (...args) => spawnSync('systemd-analyze', [...args, fromRoot(UNIT)], { encoding: 'utf8' });
const options = needs('systemd-analyze');

test('systemd finds no fault with the unit', options, () => {
  const { status, stderr } = analyzed('verify');
  assert.equal(status, 0, stderr);
  assert.equal(stderr.includes(UNIT), false, stderr);
});

test('systemd calls the exposure of the unit low', options, (t) => {
  const { status, stdout } = analyzed('security', '--offline=true', '--threshold=20');
  t.diagnostic(stdout.trim().split('\n').at(-1));
  assert.equal(status, 0, stdout);
});

test('the unit waits longer than a stop takes', () => {
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(textOf(UNIT));
  assert.equal(Number(seconds) > 20, true);
});

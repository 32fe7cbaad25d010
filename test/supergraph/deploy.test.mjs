// The three configurations say the same, the one that is not run here too, and leave this subgraph the time that it takes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const { configFrom } = createRequire(import.meta.url)('../../dist/config.js');

/** Where each says how long it waits for this subgraph, in seconds. */
const FILES = {
  'apollo-gateway/gateway.mjs': /FIRMWARE_TIMEOUT_MS \?\? (\d+)_000/,
  'hive-gateway/gateway.config.mjs': /FIRMWARE_TIMEOUT_MS \?\? (\d+)_000/,
  'apollo-router/router.yaml': /firmware:\n(?: +#.*\n)* +timeout: (\d+)s/,
};

for (const [file, timeout] of Object.entries(FILES)) {
  const text = readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');

  test(`${file} waits longer than three calls to the platform in a row`, () => {
    const [, seconds] = timeout.exec(text);
    assert.ok(Number(seconds) * 1000 > 3 * configFrom({}).TOKENAPI_TIMEOUT_MS);
  });

  test(`${file} passes on what counts`, () => {
    for (const header of ['authorization', 'idempotency-key', 'x-request-id', 'traceparent', 'x-router-secret'])
      assert.match(text, new RegExp(`[' ]${header}\\b`));
  });
}

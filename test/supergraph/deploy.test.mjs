// The configurations say the same, those that are not run here too, and leave this subgraph the time that it takes.

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
  'cosmo-router/config.yaml': /firmware:\n(?: +#.*\n)* +request_timeout: (\d+)s/,
};

for (const [file, timeout] of Object.entries(FILES)) {
  const text = readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');

  test(`${file} waits longer than three calls to the platform in a row`, () => {
    const [, seconds] = timeout.exec(text);
    assert.ok(Number(seconds) * 1000 > 3 * configFrom({}).TOKENAPI_TIMEOUT_MS);
  });

  test(`${file} passes on what counts`, () => {
    for (const header of ['authorization', 'idempotency-key', 'x-request-id', 'traceparent', 'x-router-secret'])
      assert.match(text, new RegExp(`[' ]${header}\\b`, 'i'));
  });
}

/** Where each says how subscriptions come to this subgraph. @apollo/gateway knows none. */
const SUBSCRIPTIONS = {
  'hive-gateway/gateway.config.mjs': [/method: 'POST'/, /operationType !== 'subscription' \? TIMEOUT_MS/, /kind: 'ws'/],
  'cosmo-router/graph.yaml': [/subscription:\n {6}url: \S+\/graphql\n(?: +#.*\n)* {6}protocol: sse_post$/m],
  'apollo-router/router.yaml': [
    /^subscription:\n {2}enabled: true\n {2}mode:\n {4}passthrough:\n {6}subgraphs:\n {8}firmware:\n {10}path: \/graphql\n {10}protocol: graphql_ws$/m,
  ],
};

for (const [file, said] of Object.entries(SUBSCRIPTIONS))
  test(`${file} passes subscriptions on, and names no address to be called at`, () => {
    const text = readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');
    for (const words of said) assert.match(text, words);
    assert.doesNotMatch(text, /^ *callback:/m);
  });

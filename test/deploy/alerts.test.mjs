// The alerts: that Prometheus accepts them, that they fire and keep quiet, that what they ask for is there, and that each leads somewhere.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { exchange, statusOf } from './ask.mjs';
import { freePorts, fromRoot, image, needs, start, textOf, until } from './machine.mjs';

const RULES = 'deploy/prometheus/alerts.yml';
const CASES = 'test/deploy/prometheus';
const caseFiles = readdirSync(fromRoot(CASES)).map((name) => `${CASES}/${name}`);
const alerts = parse(textOf(RULES)).groups.flatMap(({ rules }) => rules);

function promtool(args, input) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', input });
  assert.equal(status, 0, `promtool ${args.join(' ')}\n${stdout}${stderr}`);
}

test('promtool accepts the rules', needs('promtool'), () => {
  promtool(['check', 'rules', fromRoot(RULES)]);
});

test('promtool finds that they fire and keep quiet as told', needs('promtool'), () => {
  promtool(['test', 'rules', ...caseFiles.map(fromRoot)]);
});

test('every alert has a case in which it fires and one in which it does not', () => {
  const cases = caseFiles.flatMap((file) => parse(textOf(file)).tests).map(({ alert_rule_test }) => alert_rule_test);
  const isFiring = ({ exp_alerts }) => exp_alerts.length > 0;
  for (const { alert } of alerts) {
    const ofIt = cases
      .map((tested) => tested.filter(({ alertname }) => alertname === alert))
      .filter(({ length }) => length > 0);
    assert.equal(
      ofIt.some((tested) => tested.some(isFiring)),
      true,
      `${alert} fires`,
    );
    assert.equal(
      ofIt.some((tested) => !tested.some(isFiring)),
      true,
      `${alert} keeps quiet`,
    );
  }
});

test('every alert leads to the heading of the runbook that is named as it, and no heading is of none', () => {
  const headings = [...textOf('docs/runbook.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  for (const { alert, annotations } of alerts)
    assert.equal(annotations.runbook, `docs/runbook.md#${alert.toLowerCase()}`);
  assert.deepEqual(headings.sort(), alerts.map(({ alert }) => alert).sort());
});

test('the result types that they ask for are in the schema', () => {
  const asked = alerts.flatMap(({ expr }) =>
    [...expr.matchAll(/(?:result|outcome)="([A-Z]\w+)"/g)].map(([, name]) => name),
  );
  const schema = textOf('schema.graphql');
  assert.notDeepEqual(asked, []);
  assert.deepEqual(
    asked.filter((name) => !schema.includes(`type ${name} `)),
    [],
  );
});

test('a running gateway has every figure that they ask for', needs('promtool'), async () => {
  const [port, adminPort] = await freePorts(2);
  const env = { PORT: String(port), ADMIN_PORT: String(adminPort), DRAIN_DELAY_MS: '0' };
  const gateway = start(image.entrypoint, { cwd: image.app, env });
  const admin = `http://127.0.0.1:${adminPort}`;
  await until('readyz', async () => (await statusOf(`${admin}/readyz`)) === 200);
  const { text } = await exchange(`${admin}/metrics`);
  await gateway.stop();

  promtool(['check', 'metrics'], text);
  const there = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const asked = new Set(alerts.flatMap(({ expr }) => expr.match(/firmware_gateway_\w+/g)));
  assert.deepEqual(
    [...asked].filter((name) => !there.has(name)),
    [],
  );
});

// The dashboard: every query of every panel, asked by promtool of a real Prometheus that has scraped a gateway at work.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { confirm, read } from './ask.mjs';
import { startComposed } from './compose.mjs';
import { transports } from './follow.mjs';
import { nextDevice } from './load.mjs';
import { needs, textOf, until } from './machine.mjs';

const dashboard = JSON.parse(textOf('deploy/grafana/dashboard.json'));
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const options = needs('promtool', 'prometheus', 'redis-server');

/** As Grafana fills in its variables, all of them chosen. The scrapes are a second apart. */
const filledIn = (expr) => expr.replaceAll(/\$(job|instance)\b/g, '.+').replaceAll('$__rate_interval', '1m');

/** A device whose calls are cut off, so often that its user is held back. */
const SILENT = 'lamp-404';
const BREAKER_FAILURES = 20;

let stack;
/** What promtool gets: labels and value of each sample. */
function samplesOf(expr) {
  const { status, stdout, stderr } = spawnSync('promtool', ['query', 'instant', '-o', 'json', stack.prometheus, expr], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${expr}\n${stderr}`);
  return JSON.parse(stdout).map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

/** What leaves no figure of the gateway without a sample. */
async function work() {
  const { url } = stack;
  const [pressed, twice] = [nextDevice(), nextDevice()];
  await confirm(url, pressed, `press-${pressed}`);
  await confirm(url, pressed, `press-${pressed}`);
  await Promise.all([confirm(url, twice), confirm(url, twice)]);
  await confirm(url, 'lamp-cut-off');
  await confirm(url, 'error-InternalError');
  // More than one user's share; then what has no answer, until it is held back.
  await Promise.all(Array.from({ length: 8 }, () => read(url, nextDevice())));
  for (let i = 0; i < BREAKER_FAILURES; i++) await read(url, SILENT);
  // Too much at once on one connection.
  const request = `POST /graphql HTTP/1.1\r\nhost: it\r\ncontent-type: application/json\r\ncontent-length: 26\r\n\r\n{"query":"{ __typename }"}`;
  await new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    connect(Number(port), hostname).on('error', resolve).on('close', resolve).resume().write(request.repeat(30));
  });
  for (const follow of Object.values(transports)) await follow(url, 'lamp-done-before', () => undefined);
}

before(async () => {
  if (options.skip) return;
  stack = await startComposed({ latencyMs: 50 }, { USER_PLACES: '1', USER_QUEUE: '1' });
  const scrapes = () => samplesOf('count_over_time(up[1h])')[0]?.value ?? 0;
  stack.simulator.override = ({ body }, response) => body.DeviceName === SILENT && Boolean(response.destroy());
  // Twice, with a scrape in between: a rate is made of two samples.
  for (const _ of [1, 2]) {
    await work();
    const enough = scrapes() + 2;
    await until('two scrapes', () => scrapes() >= enough);
  }
});
after(() => stack?.close());

for (const { title, targets } of panels)
  test(`the panel "${title}" has a value for each of its queries`, options, () => {
    for (const { expr, legendFormat } of targets) {
      const samples = samplesOf(filledIn(expr));
      assert.notEqual(samples.length, 0, expr);
      const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      for (const { metric, value } of samples) {
        assert.equal(Number.isFinite(value), true, `${expr}: ${value}`);
        for (const label of labels) assert.ok(metric[label], `${expr}: no ${label}`);
      }
      // Where a panel says 0 for what there is not, this still finds a misspelt name or label.
      for (const [selector] of filledIn(expr).matchAll(/\w+\{[^}]*\}/g))
        assert.notDeepEqual(samplesOf(`count(${selector})`), [], selector);
    }
  });

test('every query is of the job and the instances that are chosen, from the Prometheus that is chosen', () => {
  const chosen = dashboard.templating.list.map(({ name }) => name);
  assert.deepEqual(chosen, ['datasource', 'job', 'instance']);
  for (const { expr, datasource } of panels.flatMap(({ targets }) => targets)) {
    for (const [selector] of expr.matchAll(/\w+\{[^}]*\}/g))
      assert.match(selector, /\{job=~"\$job",instance=~"\$instance"[,}]/);
    assert.doesNotMatch(expr, /(firmware_gateway|process|nodejs)_\w+(?![\w{])/, 'a metric of every job there is');
    assert.deepEqual(datasource, { type: 'prometheus', uid: '$' + '{datasource}' });
  }
});

test('what an alert asks about is on a panel', () => {
  const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
  const asked = new Set(textOf('deploy/prometheus/alerts.yml').match(/firmware_gateway_\w+/g));
  assert.deepEqual(
    [...asked].filter((name) => !shown.includes(`${name}{`)),
    [],
  );
});

test('no two panels are one, or in one place', () => {
  const [titles, ids, places] = ['title', 'id', 'gridPos'].map((member) =>
    dashboard.panels.map((panel) => JSON.stringify(panel[member])),
  );
  for (const all of [titles, ids, places]) assert.equal(new Set(all).size, all.length);
});

// The page on performance says what the last whole bench measured, and what follows from it for a million users.

import { configFrom } from '../../src/config';
import { CONNECTIONS_LIMIT } from '../../src/http/public';
import { rowsUnder, textOf } from './pages';

const PAGE = 'docs/performance.md';
const { command, parts } = JSON.parse(textOf('test/bench/results.json'));

/** What the last whole run measured of the gateway. A part that it did not have yet has no figure. */
const gatewayOf = (part: { rows: { name: string }[] } | undefined) =>
  part?.rows.filter(({ name }) => name === 'gateway').at(-1) as
    | undefined
    | Record<'cpuUs' | 'rssKbEach' | 'peakRssMb', { median: number }>;
const { MAX_UPSTREAM_CALLS, CONFIRM_PLACES } = configFrom({});
const measured: Record<string, number | undefined> = {
  'CPU µs of a request': gatewayOf(parts.growth.connections)?.cpuUs.median,
  'places for reads': MAX_UPSTREAM_CALLS - CONFIRM_PLACES,
  'connections of a replica': CONNECTIONS_LIMIT,
  'MB of a replica with 1,000 requests in flight': gatewayOf(parts.memory)?.peakRssMb.median,
  'kB of an idle connection': gatewayOf(parts.idle)?.rssKbEach.median,
  'bytes of a key in Redis': parts.keys?.rows.at(-1)?.bytesAKey,
};

const inputs = rowsUnder(PAGE, 'input');
const isAssumed = ([, , from]: string[]) => from?.startsWith('assumed');
const figureOf = ([name, figure]: string[]) => [name, Number(figure?.replaceAll(',', ''))];
const written = (figures: Record<string, number | undefined>) =>
  Object.entries(figures)
    .filter(([, figure]) => Number.isFinite(figure))
    .map(([name, figure]) => [name, Math.round(figure as number).toLocaleString('en')]);

it('says what the last whole bench measured, as it measured it', () => {
  const verdicts = Object.values<{ verdicts: { what: string; text: string }[] }>(parts).flatMap(
    (part) => part.verdicts,
  );
  expect(rowsUnder(PAGE, 'to what')).toEqual(verdicts.map(({ what, text }) => [what, text]));
  expect(textOf(PAGE)).toContain(`\`${command}\` made this plot`);
});

it('describes every part of the bench', () => {
  const [, list] = /PARTS = \[([^\]]*)\]/.exec(textOf('test/bench/options.mjs')) ?? [];
  const names = [...(list ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name);
  expect(rowsUnder(PAGE, 'part').map(([name]) => name)).toEqual(names);
});

it('takes its inputs from the bench and from the defaults, or says that they are assumed', () => {
  expect(inputs.filter((row) => !isAssumed(row)).map(([name, figure]) => [name, figure])).toEqual(written(measured));
});

it('computes the replicas for a million users from these inputs', () => {
  const given: Record<string, number> = { ...measured, ...Object.fromEntries(inputs.filter(isAssumed).map(figureOf)) };
  const of = (name: string) => given[name] ?? Number.NaN;

  const perCore = 1e6 / of('CPU µs of a request');
  const seconds = of('milliseconds of a call of the platform') / 1000;
  const perPlaces = of('places for reads') / seconds;
  const usersWho = (what: string) => (of('users') * of(`users ${what}, in percent`)) / 100;
  const open = usersWho('with the app open at the busiest time');
  const reads = open / of('seconds between two requests of an open app');
  const requests = reads + usersWho('who confirm in the busiest hour') / 3600;
  const forCore = Math.ceil(requests / perCore / (of('share of a core that is used, in percent') / 100));
  const forPlaces = Math.ceil(reads / perPlaces);
  const forConnections = Math.ceil(open / of('connections of a replica'));
  const follows = {
    'requests a second of one core': perCore,
    "reads a second of one replica's places": perPlaces,
    'milliseconds of a call from which places run out before the core': (1000 * of('places for reads')) / perCore,
    'requests a second of all users': requests,
    'replicas for the core': forCore,
    'replicas for places': forPlaces,
    'replicas for connections': forConnections,
    'replicas behind a proxy that shares connections': Math.max(forCore, forPlaces) + 1,
    'replicas without such a proxy': Math.max(forCore, forPlaces, forConnections) + 1,
    'MB of a replica with all its connections':
      of('MB of a replica with 1,000 requests in flight') +
      (of('connections of a replica') * of('kB of an idle connection')) / 1024,
    'MB of Redis for one key of each user': (of('users') * of('bytes of a key in Redis')) / 2 ** 20,
  };
  expect(rowsUnder(PAGE, 'it follows').map(([name, figure]) => [name, figure])).toEqual(written(follows));
});

// What a change of schema.graphql breaks for those who use the last release's, and whether the version says so.

import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core';
import { parse } from 'graphql';

/** The schema of the last release, under its version. `npm run keep` writes it, with each release. */
export const LAST_RELEASE = new URL('lastRelease.sdl', import.meta.url);

export const current = {
  version: JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  sdl: readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
};

export function lastRelease() {
  const [firstLine, ...rest] = readFileSync(LAST_RELEASE, 'utf8').split('\n');
  return { version: firstLine.replace('# ', ''), sdl: rest.join('\n') };
}

/** A sentence for each. */
export async function breakingChanges(before, after) {
  const changes = await diff(...[before, after].map((sdl) => buildSubgraphSchema(parse(sdl))));
  return changes.filter(isBreaking).map(({ message }) => message);
}

/** A key less breaks no client, but the subgraphs that extend the type by it. */
const isBreaking = ({ criticality, type, meta }) =>
  criticality.level === CriticalityLevel.Breaking ||
  (type === ChangeType.DirectiveUsageObjectRemoved && meta.removedDirectiveName === 'key');

/** True if users of the first version must expect to be broken by the second: a new major, and before 1.0.0 a new minor. */
export function announcesBreaking(before, after) {
  const [[major, minor], [laterMajor, laterMinor]] = [before, after].map((version) => version.split('.').map(Number));
  return laterMajor > major || (laterMajor === major && major === 0 && laterMinor > minor);
}

/** The breaking changes that no version announces. */
export async function faults(before, after) {
  return announcesBreaking(before.version, after.version) ? [] : breakingChanges(before.sdl, after.sdl);
}

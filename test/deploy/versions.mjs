// What a change of the schema makes of the version.

import { createRequire } from 'node:module';
import { fromRoot } from './machine.mjs';

const { buildASTSchema, findBreakingChanges, parse, print, visit } = createRequire(fromRoot('package.json'))('graphql');

const schemaFrom = (sdl) => buildASTSchema(parse(sdl), { assumeValidSDL: true });

/** The types alone: what a description says is no change of them. */
const typesOf = (sdl) =>
  print(visit(parse(sdl), { enter: (node) => (node.description ? { ...node, description: undefined } : undefined) }));

/** `major`, `minor` or `patch`: what the change from one SDL to another is at least. */
export function changeOf(before, after) {
  if (findBreakingChanges(schemaFrom(before), schemaFrom(after)).length > 0) return 'major';
  return typesOf(before) === typesOf(after) ? 'patch' : 'minor';
}

/** The lowest version that may follow. Before 1.0.0, each change counts one place further right. */
export function nextVersion(version, change) {
  const [major, minor, patch] = version.split('.').map(Number);
  const isBreaking = change === 'major';
  if (major === 0) return isBreaking ? `0.${minor + 1}.0` : `0.${minor}.${patch + 1}`;
  if (isBreaking) return `${major + 1}.0.0`;
  return change === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** Negative, 0 or positive, as for `sort`. */
export function compared(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

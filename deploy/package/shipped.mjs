// Which packages ship, and what package-lock.json knows of each. The bundle itself says which they are: package.json cannot.

import { readFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

/** `packages` have the members of the lock, `name` and `path`; `npm run build` must have been there. */
export function shippedFrom() {
  const { name, version } = read('package.json');
  const lock = read('package-lock.json');
  const packages = read('dist/shipped.json').map((path) => ({
    ...lock.packages[path],
    path,
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
  }));
  return { name, version, packages };
}

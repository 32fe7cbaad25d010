// How whoever reads a line starts a command: by npx where the package is installed, by a script of npm in a clone.

import { sep } from 'node:path';

const isInstalled = __dirname.split(sep).includes('node_modules');

/** @param options each with a space before it */
export function commandOf(name: 'demo' | 'demo:upgrade', options = ''): string {
  if (isInstalled) return `npx firmware-gateway ${name}${options}`;
  return `npm run ${name}${options === '' ? '' : ` --${options}`}`;
}

// Keeps the package's types as those of the release being made: what later changes are compared with. Of what is generated from the
// schema only the names stay those of today: whether the schema breaks anybody is tested by itself.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const [types, kept] = [join(here, '../../clients/dist/esm'), join(here, 'lastRelease')];
const { version } = JSON.parse(readFileSync(join(here, '../../clients/package.json'), 'utf8'));

rmSync(kept, { recursive: true, force: true });
cpSync(types, kept, {
  recursive: true,
  filter: (path) => !/\.js$|[\\/]generated$/.test(path),
});
writeFileSync(join(kept, 'version.txt'), `${version}\n`);

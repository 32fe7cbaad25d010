// Writes each operation and fragment of clients/operations.graphql into a file of its own: Apollo's generator of manifests takes one a file.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, print } from 'graphql';

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = pathOf('artefacts/operations');

mkdirSync(folder, { recursive: true });
for (const definition of parse(readFileSync(pathOf('../../clients/operations.graphql'), 'utf8')).definitions)
  writeFileSync(join(folder, `${definition.name.value}.graphql`), print(definition));

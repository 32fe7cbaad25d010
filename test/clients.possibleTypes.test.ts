// What is shipped for clients is what the schema says.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

it('ships the possible types that the schema has (npm --prefix test/clients run possibleTypes)', () => {
  const printed = execFileSync(process.execPath, [join(__dirname, 'clients', 'possibleTypes.mjs')], {
    encoding: 'utf8',
  });
  expect(JSON.parse(readFileSync(join(__dirname, '..', 'clients', 'possibleTypes.json'), 'utf8'))).toEqual(
    JSON.parse(printed),
  );
});

// The bill of materials of what ships, in CycloneDX on stdout: each package of which a line is in the bundle, or a file beside it.

import { randomUUID } from 'node:crypto';
import { shippedFrom } from './shipped.mjs';

const { name, version, packages } = shippedFrom();
const purlOf = (its, number) => `pkg:npm/${its.replace('@', '%40')}@${number}`;

const components = packages.map((its) => ({
  type: 'library',
  'bom-ref': its.path,
  name: its.name,
  version: its.version,
  purl: purlOf(its.name, its.version),
  licenses: [{ expression: its.license }],
  hashes: [{ alg: 'SHA-512', content: Buffer.from(its.integrity.slice('sha512-'.length), 'base64').toString('hex') }],
}));

const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: `urn:uuid:${randomUUID()}`,
  version: 1,
  metadata: {
    timestamp: new Date().toISOString(),
    component: { type: 'application', 'bom-ref': name, name, version, purl: purlOf(name, version) },
  },
  components,
  dependencies: [{ ref: name, dependsOn: packages.map(({ path }) => path) }],
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);

// The licences of the packages that ship, as one text. A licence that nobody has allowed ends the build.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each allows what is done here, to ship a copy inside this one, if its text goes along. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];

/** Of an SPDX expression: all that AND joins, one of those that OR joins. */
const isAllowed = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((id) => ALLOWED.includes(id)));

const TEXTS = /^(licen[cs]e|copying|notice)/i;

/**
 * @param root of the repository
 * @param shipped folders of packages beneath it
 * @throws Error naming every package whose licence is not allowed
 */
export function licencesOf(root, shipped) {
  const packages = shipped.map((path) => described(join(root, path)));
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  if (refused.length > 0) {
    const list = refused.map(({ name, licence }) => `${name}: ${licence}`).join('\n');
    throw new Error(
      `expected licences among ${ALLOWED.join(', ')}, which deploy/package/licences.mjs lists; got\n${list}`,
    );
  }
  return [HEAD, ...packages.map((its) => `${its.name}\n${its.licence}\n\n${withText({ ...its, root })}\n`)].join(LINE);
}

const HEAD = 'firmware-gateway contains these packages. Each is under its own licence, which follows its name.\n';
const LINE = `\n${'-'.repeat(80)}\n`;

function described(folder) {
  const { name, version, license, licenses, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const stated = license ?? licenses?.map(({ type }) => type).join(' AND ') ?? 'none';
  const texts = readdirSync(folder).filter((file) => TEXTS.test(file));
  const by = typeof author === 'string' ? author : (author?.name ?? 'its authors');
  return {
    name: `${name} ${version}`,
    licence: typeof stated === 'string' ? stated : stated.type,
    text: texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n'),
    by: `Copyright (c) ${by}`,
  };
}

/** Some packages say that they are under the MIT licence and leave its text out; ours is the same. */
function withText({ text, licence, name, by, root }) {
  if (text !== '') return text;
  if (licence !== 'MIT') throw new Error(`expected ${name} to have the text of its licence, ${licence}`);
  return readFileSync(join(root, 'LICENSE'), 'utf8')
    .trim()
    .replace(/^Copyright.*$/m, by);
}

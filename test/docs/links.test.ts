// Every link of every page leads to something that is there.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { anchorOf, inLanguage, LANGUAGES, pages, pagesIn, ROOT, textOf, withoutBlocks } from './pages';

/** Of the headings, and those that are named. */
const anchorsOf = (page: string) => {
  const text = withoutBlocks(textOf(page));
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading as string));
  return [...headings, ...[...text.matchAll(/^<a id="(.+)"><\/a>$/gm)].map(([, name]) => name)];
};

const links = pages.flatMap((page) =>
  [...withoutBlocks(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target as string)
    .filter((target) => !/^https?:/.test(target))
    .map((target) => [page, target] as const),
);

it('finds links in every page that has some', () => {
  expect(links.length).toBeGreaterThan(40);
});

it.each(links)('%s leads to %s', (page, target) => {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(page, '..', path);
  expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
  if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
});

it.each(LANGUAGES)('has nobody in the README (%s) who is not led to a page of docs/', (language) => {
  const readme = inLanguage('README.md', language);
  const led = links.filter(([page]) => page === readme).map(([, target]) => target.split('#')[0]);
  expect(pagesIn(language).filter((page) => page !== readme && !led.includes(page))).toEqual([]);
});

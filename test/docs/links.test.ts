// Every link of every page leads to something that is there.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pages, ROOT, textOf } from './pages';

const withoutBlocks = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '');

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string) =>
  [...withoutBlocks(textOf(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading as string));

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

it('has nobody in the README who is not led to a page of docs/', () => {
  const led = links.filter(([page]) => page === 'README.md').map(([, target]) => target.split('#')[0]);
  expect(pages.filter((page) => page !== 'README.md' && !led.includes(page))).toEqual([]);
});

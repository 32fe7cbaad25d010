// A translation says what the English page says, as far as a test can see: piece by piece the same headings with the same anchors, the
// same code, names, figures and links.

import { anchorOf, blocksOf, inLanguage, namesIn, tablesOf, textOf, translated, withoutBlocks } from './pages';

const NEEDED = ['README.md', 'docs/clients.md', 'docs/configuration.md', 'docs/errors.md', 'docs/operating.md'];

it('there is one of each page that an app team and an operator need', () => {
  expect([...translated].sort()).toEqual(NEEDED);
});

const fileOf = (path: string) => path.split('/').at(-1);

/** The pieces of a page beneath its title and its links to the other language: headings, paragraphs, items of lists. Tables are read apart. */
const piecesOf = (page: string): string[] =>
  withoutBlocks(textOf(page))
    .replace(/^<a id=".+"><\/a>\n/gm, '')
    .replace(/^(- |\d\. )/gm, '\n$1')
    .replace(/^\|.*$/gm, '')
    .split(/\n{2,}/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .slice(2);

const kindOf = (piece: string) => /^(#+|-|\d\.) /.exec(piece)?.[1] ?? 'paragraph';

const unique = (texts: string[]) => [...new Set(texts)].sort();

/** What no language changes: names, figures outside them, addresses, and where links lead. Those to a translated page lead to its translation. */
function factsOf(text: string, isEnglish: boolean) {
  const words = text.replace(/`[^`]+`/g, '').replace(/\]\([^)]+\)/g, '');
  const target = (link: string) => (isEnglish ? translatedTarget(link) : link);
  return {
    names: unique(namesIn(text)),
    figures: unique(words.match(/\d+(?:[.,]\d+)*/g) ?? []),
    links: unique([...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => target(link as string))),
  };
}

function translatedTarget(link: string): string {
  const [path = '', ...anchor] = link.split('#');
  const page = translated.find((one) => fileOf(one) === fileOf(path));
  return [page === undefined ? path : path.replace(/\.md$/, '.zh-CN.md'), ...anchor].join('#');
}

const headingsOf = (page: string) =>
  [...withoutBlocks(textOf(page)).matchAll(/^(?:<a id="(.+)"><\/a>\n)?(#+) (.+)$/gm)].map(
    ([, anchor, level, heading = '']) => ({ anchor: anchor ?? anchorOf(heading), level }),
  );

describe.each(translated)('%s', (page) => {
  const chinese = inLanguage(page, 'zh');

  it('and its translation lead to each other beneath their titles', () => {
    const second = (path: string) => textOf(path).split('\n\n')[1];
    expect(second(page)).toBe(`**English** · [简体中文](${fileOf(chinese)})`);
    expect(second(chinese)).toBe(`[English](${fileOf(page)}) · **简体中文**`);
  });

  it('has the same headings, each with the same anchor', () => {
    expect(headingsOf(chinese)).toEqual(headingsOf(page));
    const headings = withoutBlocks(textOf(chinese)).match(/^<a id=".+"><\/a>\n#+ .+$/gm);
    expect(headings).toHaveLength(headingsOf(page).length);
  });

  it('has the same blocks of code, byte for byte', () => {
    const shown = (path: string) => blocksOf(path).map(({ language, text }) => [language, text]);
    expect(shown(chinese)).toEqual(shown(page));
  });

  it('has the same pieces, with the same names, figures and links', () => {
    const facts = (path: string, isEnglish: boolean) =>
      piecesOf(path).map((piece) => [kindOf(piece), factsOf(piece, isEnglish)]);
    expect(facts(chinese, false)).toEqual(facts(page, true));
  });

  it('has the same tables: the same names, figures and links in each cell', () => {
    const facts = (path: string, isEnglish: boolean) =>
      tablesOf(path).map((table) => table.slice(1).map((row) => row.map((cell) => factsOf(cell, isEnglish))));
    expect(facts(chinese, false)).toEqual(facts(page, true));
  });

  it('has one translation for the same cell, and another for another', () => {
    const pairs = tablesOf(page).flatMap((table, nth) => {
      const other = tablesOf(chinese)[nth];
      return table.flatMap((row, at) => row.map((cell, column) => [nth, cell, other?.[at]?.[column]].join(' | ')));
    });
    const distinct = unique(pairs);
    const sides = [1, 2].map(
      (side) => new Set(distinct.map((pair) => [pair.split(' | ')[0], pair.split(' | ')[side]].join())),
    );
    expect(sides.map(({ size }) => size)).toEqual([distinct.length, distinct.length]);
  });
});

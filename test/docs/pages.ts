// The pages of the documentation, as the tests beside this file read them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

/** The path of every page, from the top of the repository. */
export const pages: readonly string[] = [...markdownIn('.'), ...markdownIn('docs')];

/** English comes first, and is what the tests hold against the code; a translation is held against it. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The name of an English page's translation. */
export const inLanguage = (page: string, language: Language): string =>
  language === 'en' ? page : page.replace(/\.md$/, '.zh-CN.md');

export const pagesIn = (language: Language): string[] =>
  pages.filter((page) => page.endsWith('.zh-CN.md') === (language === 'zh'));

/** The pages that app teams and operators need: these are in both languages. */
export const translated = pagesIn('en').filter((page) => pages.includes(inLanguage(page, 'zh')));

/** As GitHub makes an anchor of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replaceAll(' ', '-');

export const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

const cellsOf = (line: string): string[] => line.slice(2, -2).split(' | ');

/** Every table of a page, each row as its cells; the first row is the heading. */
export const tablesOf = (page: string): string[][][] =>
  [...withoutBlocks(textOf(page)).matchAll(/^\| .*\n\|-.*\n(?:\| .*(?:\n|$))*/gm)].map(([table]) => {
    const [heading = '', , ...rows] = table.trimEnd().split('\n');
    return [heading, ...rows].map(cellsOf);
  });

/** The rows of the table whose first column is headed so in English, each as its cells. */
export function rowsUnder(page: string, heading: string, language: Language = 'en'): string[][] {
  const nth = tablesOf(page).findIndex(([columns]) => columns?.[0] === heading);
  const table = nth < 0 ? undefined : tablesOf(inLanguage(page, language))[nth];
  if (!table) throw new Error(`expected a table headed ${heading} in ${page}, in ${language}`);
  return table.slice(1);
}

/** The part of a text that stands in backticks, each without them. */
export const namesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);

export interface Block {
  page: string;
  language: string;
  text: string;
}

/** The fenced blocks of a page, in their order. */
export const blocksOf = (page: string): Block[] =>
  [...textOf(page).matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)].map(([, language, text]) => ({
    page,
    language: language as string,
    text: text as string,
  }));

export interface Section {
  /** The text of each block that follows a line such as "`main.tsx`:". */
  files: Record<string, string>;
  /** The blocks of commands, in their order. */
  commands: string[];
  /** What the page shows after a command. */
  shown: string[];
}

/** What stands under a heading, up to the next one of any level. */
export function sectionOf(page: string, heading: string): Section {
  const [, rest = ''] = textOf(page).split(new RegExp(`^#+ ${heading}\n`, 'm'));
  const [section = ''] = rest.split(/^#+ (?=.*\n\n)/m);
  const own = blocksOf(page).filter(({ text }) => section.includes(`\n${text}\n\`\`\``));
  const files = section.matchAll(/^(?:[^\n]*\n)?`([\w./]+)`(?:, [^\n]+)?:\n\n```\w+\n([\s\S]*?)\n```$/gm);
  return {
    files: Object.fromEntries([...files].map(([, name, text]) => [name, `${text}\n`])),
    commands: own.filter(({ language }) => language === 'sh').map(({ text }) => text),
    shown: own.filter(({ language }) => /^(json|text)$/.test(language)).map(({ text }) => text),
  };
}

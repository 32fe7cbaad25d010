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

/** The rows of a page's table whose first column is headed so, each as its cells. */
export function rowsUnder(page: string, heading: string): string[][] {
  const text = textOf(page);
  const start = text.indexOf(`| ${heading} |`);
  if (start < 0) throw new Error(`expected a table headed ${heading} in ${page}`);
  const [, , ...rows] = text.slice(start, text.indexOf('\n\n', start)).trimEnd().split('\n');
  return rows.map((row) => row.slice(2, -2).split(' | '));
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

// The language in which a program speaks to people. The log, and what a machine reads, is in English in any case.

export type Language = 'en' | 'zh';

/** A text for people, in each language. */
export type Text = Readonly<Record<Language, string>>;

/** What is written is UTF-8: a terminal with another character set would show Chinese as rubbish. */
const CHINESE = /^zh([_-][^.]*)?(\.utf-?8)?(@.*)?$/i;

/** As POSIX says: the first of the three that is not empty decides. */
export function languageFrom(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return CHINESE.test(locale) ? 'zh' : 'en';
}

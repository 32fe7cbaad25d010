// The command line: the form of a command, how its arguments are read, and what its help says. Knows no command.

import { parseArgs } from 'node:util';
import type { Language, Text } from './languages/language';

/** What an option takes: nothing, a text, or a whole number within bounds. */
export interface Option {
  readonly meaning: Text;
  readonly short?: string;
  /** What stands for the value in the help. Absent: the option takes none. */
  readonly value?: string;
  readonly byDefault?: string;
  /** Least and most of a number. */
  readonly bounds?: readonly [number, number];
  readonly choices?: readonly string[];
}

export interface Form {
  /** What stands after `firmware-gateway`. */
  readonly name: string;
  readonly about: Text;
  readonly options: Readonly<Record<string, Option>>;
}

/** The arguments are not those of any command. `message` says what was expected. */
export class UsageError extends Error {}

const HELP: Option = { short: 'h', meaning: { en: 'this text', zh: '显示本帮助' } };

export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** @throws UsageError naming what was expected */
export function valuesFrom({ name, options: own }: Form, args: readonly string[]): Values {
  const options = { help: HELP, ...own };
  const values = parsed(name, options, args);
  for (const [option, { bounds, choices, byDefault }] of Object.entries(options)) {
    const value = values[option] ?? byDefault;
    const got = `, got ${JSON.stringify(value)}`;
    if (bounds && value !== undefined && !isWithin(String(value), bounds))
      throw new UsageError(`--${option}: expected a whole number from ${bounds.join(' to ')}${got}`);
    if (choices && value !== undefined && !choices.includes(String(value)))
      throw new UsageError(`--${option}: expected ${choices.join(' or ')}${got}`);
    values[option] = value;
  }
  return values;
}

function parsed(
  name: string,
  options: Form['options'],
  args: readonly string[],
): Record<string, string | boolean | undefined> {
  const known = Object.entries(options).map(([option, { short, value }]) => {
    const type: 'string' | 'boolean' = value === undefined ? 'boolean' : 'string';
    return [option, short === undefined ? { type } : { type, short }] as const;
  });
  try {
    return { ...parseArgs({ args: [...args], options: Object.fromEntries(known) }).values };
  } catch (cause) {
    const names = Object.keys(options).map((option) => `--${option}`);
    const [first] = (cause as Error).message.split('. ');
    throw new UsageError(`${first}: expected of ${`firmware-gateway ${name}`.trim()} only ${names.join(', ')}`);
  }
}

const isWithin = (text: string, [least, most]: readonly [number, number]): boolean =>
  /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;

const USAGE: Text = { en: 'Usage: firmware-gateway', zh: '用法：firmware-gateway' };
const OPTIONS: Text = { en: '[options]', zh: '[选项]' };
const DEFAULT: Text = { en: ' Default: ', zh: ' 默认值：' };
const NONE: Text = { en: 'none', zh: '无' };

/** What a help says of a default. */
export const defaultOf = (byDefault: string | undefined, language: Language): string =>
  DEFAULT[language] + (byDefault ?? NONE[language]);

/** Usage, meaning and options of a command. */
export function helpOf({ name, about, options }: Form, language: Language): string {
  const rows = Object.entries({ ...options, help: HELP }).map(([option, { short, value, byDefault, meaning }]) => {
    const shown = `${short ? `-${short}, ` : '    '}--${option}${value ? ` <${value}>` : ''}`;
    return `  ${shown.padEnd(26)} ${meaning[language]}${byDefault === undefined ? '' : defaultOf(byDefault, language)}`;
  });
  return `${USAGE[language]} ${name} ${OPTIONS[language]}\n\n${about[language]}\n\n${rows.join('\n')}\n`;
}

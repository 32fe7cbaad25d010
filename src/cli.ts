// The command line: the form of a command, how its arguments are read, and what its help says. Knows no command.

import { parseArgs } from 'node:util';

/** What an option takes: nothing, a text, or a whole number within bounds. */
export interface Option {
  readonly meaning: string;
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
  readonly about: string;
  readonly options: Readonly<Record<string, Option>>;
}

/** The arguments are not those of any command. `message` says what was expected. */
export class UsageError extends Error {}

const HELP: Option = { short: 'h', meaning: 'this text' };

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

/** Usage, meaning and options of a command. */
export function helpOf({ name, about, options }: Form): string {
  const rows = Object.entries({ ...options, help: HELP }).map(([option, { short, value, byDefault, meaning }]) => {
    const shown = `${short ? `-${short}, ` : '    '}--${option}${value ? ` <${value}>` : ''}`;
    return `  ${shown.padEnd(26)} ${meaning}${byDefault === undefined ? '' : ` Default: ${byDefault}`}`;
  });
  return `Usage: firmware-gateway ${name} [options]\n\n${about}\n\n${rows.join('\n')}\n`;
}

// Writing to the terminal: colours where they are wanted, a line that is redrawn in place where that works. Knows neither
// gateway nor simulator.

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;

export type Style = keyof typeof STYLES;

export interface Terminal {
  style(style: Style, text: string): string;
  line(text?: string): void;
  /** On a terminal, takes the place of the one before it; elsewhere, is written once for every change. */
  redraw(text: string): void;
}

export interface Output {
  isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** @param noColor the environment's NO_COLOR: any value but the empty one switches colours off */
export function terminalFrom(output: Output, noColor: string | undefined): Terminal {
  const inPlace = output.isTTY === true;
  const colours = inPlace && (noColor === undefined || noColor === '');
  let drawn: string | undefined;
  return {
    style: (style, text) => (colours ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text),
    line: (text = '') => {
      output.write(inPlace && drawn !== undefined ? `\n${text}\n` : `${text}\n`);
      drawn = undefined;
    },
    redraw: (text) => {
      if (inPlace) output.write(`\r\u001b[2K${text}`);
      else if (text !== drawn) output.write(`${text}\n`);
      drawn = text;
    },
  };
}

/** Rows as aligned lines, the last column as long as it likes. */
export function alignedFrom(rows: ReadonlyArray<readonly [string, string]>): Array<readonly [string, string]> {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => [first.padEnd(width), second]);
}

/** Another's text as plain text: a terminal obeys control characters. */
export function plainFrom(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
}

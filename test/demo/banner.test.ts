// What the demo prints: complete, pasteable, and plain where nobody wants colours.

import { curlFrom, writeBanner } from '../../src/demo/banner';
import { plainFrom, terminalFrom } from '../../src/demo/terminal';
import { NAMED_FOR_CODE, SAMPLE_DEVICES, SAMPLE_TOKENS } from '../../src/simulator/world';

function recorded(isTTY: boolean, noColor?: string) {
  let written = '';
  const output = {
    isTTY,
    write: (text: string) => {
      written += text;
    },
  };
  return { terminal: terminalFrom(output, noColor), written: () => written };
}

it.each(['en', 'zh'] as const)('names every sample device and token, and where to look: %s', (language) => {
  const { terminal, written } = recorded(false);
  writeBanner(terminal, 'http://localhost:4000/graphql', 'http://localhost:4001', language);
  const names = [...SAMPLE_DEVICES.map(({ name }) => name), ...SAMPLE_TOKENS.map(({ token }) => token)];
  expect(names.filter((name) => !written().includes(name))).toEqual([]);
  for (const url of [
    'http://localhost:4000/ ',
    'http://localhost:4000/graphql ',
    'http://localhost:4000/explorer ',
    'http://localhost:4001/readyz ',
  ])
    expect(written()).toContain(url);
  expect(
    Math.max(
      ...written()
        .split('\n')
        .map((line) => (line.includes('curl') ? 0 : line.length)),
    ),
  ).toBeLessThan(400);
});

it('says what each of them shows in Chinese, too, and in one language alone', () => {
  const { terminal, written } = recorded(false);
  writeBanner(terminal, 'http://localhost:4000/graphql', 'http://localhost:4001', 'zh');
  const english = [...SAMPLE_TOKENS, ...SAMPLE_DEVICES, ...NAMED_FOR_CODE].map(({ shows }) => shows);
  expect(english.filter((shows) => written().includes(shows))).toEqual([]);
  const plain = written()
    .split('\n')
    .filter((line) => line !== '' && !/\p{Script=Han}|AccessToken|curl|-H|-d|npm run/u.test(line));
  expect(plain).toEqual([]);
});

it.each([
  ['http://localhost:4000/graphql', 'npm run demo:upgrade\n'],
  ['http://localhost:5000/graphql', 'npm run demo:upgrade -- --url http://localhost:5000/graphql\n'],
])('tells how to watch an upgrade at %s', (url, command) => {
  const { terminal, written } = recorded(false);
  writeBanner(terminal, url, 'http://localhost:4001', 'en');
  expect(written()).toContain(command);
});

it('offers a command that a POSIX shell takes as it is', () => {
  const command = curlFrom('http://localhost:4000/graphql');
  const [, body] = /-d '([^']+)'$/.exec(command) ?? [];
  expect(JSON.parse(body!).query).toMatch(/^mutation \{ confirmFirmwareUpgrade\(/);
  expect(command.split("'")).toHaveLength(7);
});

describe('the terminal', () => {
  it.each([
    ['on a terminal', true, undefined, true],
    ['with NO_COLOR empty', true, '', true],
    ['with NO_COLOR', true, '1', false],
    ['in a pipe', false, undefined, false],
  ])('has colours or not: %s', (_when, isTTY, noColor, colours) => {
    const { terminal, written } = recorded(isTTY, noColor);
    terminal.line(terminal.style('red', 'no'));
    expect(written().includes('\u001b[31m')).toBe(colours);
  });

  it.each([
    ['in place', true, '\r\u001b[2Ka\r\u001b[2Ka\r\u001b[2Kb\nend\n'],
    ['once for each change in a pipe', false, 'a\nb\nend\n'],
  ])('redraws %s', (_how, isTTY, expected) => {
    const { terminal, written } = recorded(isTTY, '1');
    for (const text of ['a', 'a', 'b']) terminal.redraw(text);
    terminal.line('end');
    expect(written()).toBe(expected);
  });

  it('does not obey another’s text', () => {
    expect(plainFrom('a\u001b[2J b\n\tc\u202e\u0000')).toBe('a[2J b c');
  });
});

// What the demo says when it is up: where to look, what there is to try, a command to paste. Starts nothing.

import type { Language } from '../languages/language';
import { NAMED_FOR_CODE, SAMPLE_DEVICES, SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';
import { bannerWords } from './bannerWords';
import { commandOf } from './command';
import { DEFAULT_URL } from './question';
import { alignedFrom, type Terminal } from './terminal';

const TOKEN = SAMPLE_TOKENS[0].token;

const MUTATION = `mutation { confirmFirmwareUpgrade(productId: "${SAMPLE_PRODUCT_ID}", deviceName: "lamp-online") {
  __typename
  ... on ConfirmFirmwareUpgradeSuccess { requestId device { id } }
  ... on TokenApiError { code message requestId nextStep retryAfterMs }
} }`;

/** A confirm to paste into a POSIX shell. */
export function curlFrom(url: string): string {
  const body = JSON.stringify({ query: MUTATION.replace(/\s+/g, ' ') });
  return [
    `curl -s ${url} \\`,
    `  -H 'content-type: application/json' \\`,
    `  -H 'authorization: Bearer ${TOKEN}' \\`,
    `  -d '${body}'`,
  ].join('\n');
}

/** @param url of `/graphql` · @param adminUrl without a path */
export function writeBanner(terminal: Terminal, url: string, adminUrl: string, language: Language): void {
  const { style, line } = terminal;
  const words = bannerWords[language];
  const heading = (text: string) => {
    line();
    line(`  ${style('bold', text)}`);
  };
  const table = (rows: ReadonlyArray<readonly [string, string]>) => {
    for (const [first, second] of alignedFrom(rows)) line(`    ${style('cyan', first)}  ${second}`);
  };

  line();
  line(`  ${style('green', '●')} ${style('bold', 'firmware-gateway')}${words.title}`);
  line(`    ${style('dim', words.note)}`);

  heading(words.open);
  table([
    [new URL('/', url).href, words.page],
    [url, words.sandbox],
    [new URL('/explorer', url).href, words.altair],
    [`${adminUrl}/readyz`, words.health],
  ]);

  heading(words.tokens);
  table(SAMPLE_TOKENS.map(({ token, shows }) => [token, words.shows(token, shows)]));

  heading(words.devices(SAMPLE_PRODUCT_ID));
  table([
    ...SAMPLE_DEVICES.map(({ name, shows }) => [name, words.shows(name, shows)] as const),
    ['lamp-<number>', words.numbered],
    ...NAMED_FOR_CODE.map(({ prefix, shows }) => [`${prefix}<Code>`, words.shows(prefix, shows)] as const),
  ]);

  heading(words.confirm);
  for (const text of curlFrom(url).split('\n')) line(text);

  heading(words.watch);
  const at = url === DEFAULT_URL ? '' : ` --url ${url}`;
  line(`    ${commandOf('demo:upgrade', at)}`);
  line(`    ${commandOf('demo:upgrade', ` --device lamp-fails${at}`)}`);
  line();
  line(`  ${style('dim', words.end)}`);
  line();
}

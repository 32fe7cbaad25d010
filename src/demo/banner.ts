// What the demo says when it is up: where to look, what there is to try, a command to paste. Starts nothing.

import { NAMED_FOR_CODE, SAMPLE_DEVICES, SAMPLE_PRODUCT_ID, SAMPLE_TOKENS } from '../simulator/world';
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
export function writeBanner(terminal: Terminal, url: string, adminUrl: string): void {
  const { style, line } = terminal;
  const heading = (text: string) => {
    line();
    line(`  ${style('bold', text)}`);
  };
  const table = (rows: ReadonlyArray<readonly [string, string]>) => {
    for (const [first, second] of alignedFrom(rows)) line(`    ${style('cyan', first)}  ${second}`);
  };

  line();
  line(`  ${style('green', '●')} ${style('bold', 'firmware-gateway')}, in front of a simulated platform.`);
  line(`    ${style('dim', 'Every device below lives in this process; the real platform is never called.')}`);

  heading('Open');
  table([
    [new URL('/', url).href, 'in a browser: lamps to upgrade, and switches that play trouble'],
    [url, 'in a browser: Apollo Sandbox, from Apollo’s CDN, with a confirm filled in'],
    [new URL('/explorer', url).href, 'in a browser: the same in Altair, from this process alone'],
    [`${adminUrl}/readyz`, 'health'],
  ]);

  heading('Tokens');
  table(SAMPLE_TOKENS.map(({ token, shows }) => [token, shows]));

  heading(`Devices of product ${SAMPLE_PRODUCT_ID}`);
  table([
    ...SAMPLE_DEVICES.map(({ name, shows }) => [name, shows] as const),
    ['lamp-<number>', 'like lamp-online, as many as you like'],
    ...NAMED_FOR_CODE.map(({ prefix, shows }) => [`${prefix}<Code>`, shows] as const),
  ]);

  heading('Confirm an upgrade');
  for (const text of curlFrom(url).split('\n')) line(text);

  heading('Watch one, in another terminal');
  const at = url === DEFAULT_URL ? '' : ` --url ${url}`;
  line(`    ${commandOf('demo:upgrade', at)}`);
  line(`    ${commandOf('demo:upgrade', ` --device lamp-fails${at}`)}`);
  line();
  line(`  ${style('dim', 'Ctrl-C ends the demo; the devices forget everything.')}`);
  line();
}

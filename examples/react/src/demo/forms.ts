// One operation in three forms: as GraphQL, as a command, and as code that uses the package.

import type { Exchange } from './recorder';

const TOKEN = /\.\.\.|\$?\w+|[^\s\w]/g;

/** The client sends documents without the spaces that people need. */
function spaced(query: string): string {
  let [text, depth, before, isInParentheses] = ['', 0, '', false];
  const line = () => `\n${'  '.repeat(depth)}`;
  const gap = (token: string): string => {
    if (token === '{') return ' ';
    if (token === '...') return line();
    if (!/^\$?\w/.test(token) || /^([(:$]|\.\.\.|)$/.test(before)) return before === ':' ? ' ' : '';
    if (isInParentheses) return ', ';
    return depth === 0 || before === 'on' ? ' ' : line();
  };
  for (const token of query.match(TOKEN) ?? []) {
    if (token === '}') depth -= 1;
    text += (token === '}' ? line() : gap(token)) + token + (token === '...' ? ' ' : '');
    if (token === '{') depth += 1;
    if (/[()]/.test(token)) isInParentheses = token === '(';
    before = token;
  }
  return text;
}

const asJson = (value: unknown): string => JSON.stringify(value, null, 2);

const asGraphQL = ({ query, variables }: Exchange): string => `${spaced(query)}\n\n# variables\n${asJson(variables)}`;

const asCurl = ({ query, variables, authorization, events }: Exchange): string =>
  [
    `curl -s${events === undefined ? '' : 'N'} ${location.origin}/graphql \\`,
    `  -H 'content-type: application/json' \\`,
    ...(events === undefined ? [] : [`  -H 'accept: text/event-stream' \\`]),
    `  -H 'authorization: ${authorization}' \\`,
    `  -d '${JSON.stringify({ query, variables }).replaceAll("'", "'\\''")}'`,
  ].join('\n');

const CALLS: Readonly<Record<string, string>> = {
  ConfirmFirmwareUpgrade:
    'const result = await client.confirm(device);\nif (result.__typename !== "ConfirmFirmwareUpgradeSuccess") show(errorText(result, "en"));',
  DeviceFirmware: 'const { firmware, connectivity } = await client.check(device);',
};
const FOLLOW = 'for await (const upgrade of client.follow(device)) show(upgrade);';

const asCode = ({ operation, variables: { productId, deviceName }, authorization }: Exchange): string => {
  const token = authorization.replace('Bearer ', '');
  return `import { createFirmwareClient } from "firmware-gateway-client";
import { errorText } from "firmware-gateway-client/texts";

const client = createFirmwareClient({
  url: "${location.origin}/graphql",
  token: "${token}",
});
const device = { productId: "${productId}", deviceName: "${deviceName}" };

${CALLS[operation] ?? FOLLOW}`;
};

export const forms = { GraphQL: asGraphQL, curl: asCurl, code: asCode } as const;
export type Form = keyof typeof forms;
export const answerText = ({ answer }: Exchange): string => asJson(answer);

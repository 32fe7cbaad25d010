// An app as plain as can be: one POST, never repeated by the HTTP client, and what came of it.

import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 200 });
export const PRODUCT = 'PRDEMO0001';
export const TOKEN = 'demo-token-alice';

/** Status and text of an answer; status 0 if the connection brought none. */
export function exchange(url, { method = 'GET', headers = {}, body, keptAlive = false } = {}) {
  return new Promise((resolve) => {
    const none = (error) => resolve({ status: 0, text: error.code ?? error.message });
    const call = request(url, { method, headers, agent: keptAlive ? agent : false }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk) => {
          text += chunk;
        })
        .on('error', none)
        .on('end', () => resolve({ status: response.statusCode, text }));
    });
    call.on('error', none);
    call.setTimeout(60_000, () => call.destroy(new Error('timeout')));
    call.end(body);
  });
}

export const statusOf = async (url) => (await exchange(url)).status;

export async function ask(url, query, variables, headers = {}) {
  const body = JSON.stringify({ query, variables });
  const sent = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${TOKEN}`,
    ...headers,
  };
  return exchange(url, { method: 'POST', headers: sent, body, keptAlive: true });
}

const CONFIRM = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ... on ConfirmFirmwareUpgradeSuccess { requestId }
    ... on TokenApiError { code requestId nextStep retryAfterMs }
  }
}`;

const READ = `query Read($productId: String!, $deviceName: String!) {
  device(productId: $productId, deviceName: $deviceName) {
    firmware { __typename ... on DeviceFirmware { currentVersion } ... on TokenApiError { code nextStep } }
  }
}`;

/** The member of the union that came; if none came, `{ __typename: 'none' }` with the status. */
export async function confirm(url, deviceName, key, token = TOKEN) {
  const headers = { authorization: `Bearer ${token}`, ...(key !== undefined && { 'idempotency-key': key }) };
  const answer = await ask(url, CONFIRM, { productId: PRODUCT, deviceName }, headers);
  return memberFrom(answer, (data) => data.confirmFirmwareUpgrade);
}

export async function read(url, deviceName) {
  const answer = await ask(url, READ, { productId: PRODUCT, deviceName });
  return memberFrom(answer, (data) => data.device.firmware);
}

function memberFrom({ status, text }, pick) {
  if (status !== 200) return { __typename: 'none', status, text: text.slice(0, 200) };
  const { data, errors } = JSON.parse(text);
  return errors ? { __typename: 'none', status, text: JSON.stringify(errors) } : pick(data);
}

// The page that a browser gets at /graphql when an explorer is on: Apollo Sandbox with the mutation ready to run.

import { randomBytes } from 'node:crypto';

/** What the page's operation is filled in with. */
export interface Sample {
  productId: string;
  deviceName: string;
  token: string;
}

const placeholder: Sample = {
  productId: 'your product id',
  deviceName: 'your device name',
  token: 'your access token',
};

const CDN = 'https://embeddable-sandbox.cdn.apollographql.com';
const FRAME = 'https://sandbox.embed.apollographql.com';

/** The operation that the explorer opens with: every arm of the answer. */
export const sampleOperation = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ... on ConfirmFirmwareUpgradeSuccess {
      requestId
      device { id }
    }
    ... on TokenApiError {
      code
      message
      requestId
      nextStep
      retryAfterMs
    }
    ... on DeviceOfflineError { device { id } }
    ... on DeviceHasNoFirmwareError { device { id } }
    ... on FirmwareUpgradeInProgressError { device { id } }
    ... on FirmwareUpgradeOutcomeUnknownError { device { id } }
  }
}`;

export interface Page {
  html: string;
  headers: Record<string, string>;
}

export function sandboxPage({ productId, deviceName, token }: Sample = placeholder): Page {
  const nonce = randomBytes(16).toString('base64');
  const initialState = {
    document: sampleOperation,
    variables: { productId, deviceName },
    headers: { Authorization: `Bearer ${token}` },
    pollForSchemaUpdates: false,
    includeCookies: false,
  };
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>firmware-gateway</title>
<style>html,body,#sandbox{margin:0;height:100%}#sandbox iframe{border:0;height:100%;width:100%}#note{font:16px/1.5 system-ui,sans-serif;margin:4rem auto;max-width:40rem;padding:0 1rem}</style>
</head>
<body>
<div id="sandbox"><p id="note">Loading Apollo Sandbox from Apollo's CDN. If this stays, the CDN cannot be reached from here:
send your operations with curl, or open <a href="https://studio.apollographql.com/sandbox/explorer">the hosted Sandbox</a>.</p></div>
<script nonce="${nonce}" src="${CDN}/_latest/embeddable-sandbox.umd.production.min.js"></script>
<script nonce="${nonce}">
if (window.EmbeddedSandbox) {
  document.getElementById('note').remove();
  new window.EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: window.location.href,
    endpointIsEditable: false,
    runTelemetry: false,
    initialState: ${scriptSafe(initialState)},
  });
}
</script>
</body>
</html>
`;
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}' ${CDN}`,
    `style-src 'unsafe-inline'`,
    `frame-src ${FRAME}`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  };
}

/** JSON that cannot end the script it stands in. */
const scriptSafe = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

// The page at /graphql: Apollo Sandbox, embedded. Its script comes from Apollo's CDN, its face from a frame of Apollo's;
// the operations go from this page straight to the gateway.

import type { Page } from '../http/page';
import { createNonce, htmlPage, scriptSafe } from './page';
import type { SampleRequest } from './sample';

const CDN = 'https://embeddable-sandbox.cdn.apollographql.com';
const FRAME = 'https://sandbox.embed.apollographql.com';

const STYLE = `
html,body{margin:0;height:100%}
body{display:flex;flex-direction:column;font:14px/1.5 system-ui,sans-serif;color:#1b2240}
header{background:#f4f6f8;border-bottom:1px solid #d8dee6;padding:.25rem 1rem}
#sandbox{flex:1;min-height:0}
#sandbox iframe{border:0;height:100%;width:100%}
#note{font-size:16px;margin:4rem auto;max-width:40rem;padding:0 1rem}`;

export function sandboxPage(sample: SampleRequest): Page {
  const nonce = createNonce();
  const options = {
    target: '#sandbox',
    endpointIsEditable: false,
    runTelemetry: false,
    // It would put a style attribute on the frame, which the policy forbids; the style above does the same.
    allowDynamicStyles: false,
    initialState: { ...sample, pollForSchemaUpdates: false, includeCookies: false },
  };
  // The icon is named, or Sandbox would fetch one of Apollo's. The endpoint goes unescaped into the frame's address:
  // nothing after the path may come along.
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>firmware-gateway</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<header>Apollo Sandbox, from Apollo's CDN. Without it: <a href="explorer">the local explorer</a>, served by this gateway.</header>
<main id="sandbox"><p id="note">Loading Apollo Sandbox from Apollo's CDN. If this stays, the CDN cannot be reached from here:
open <a href="explorer">the local explorer</a> instead, which needs nothing from outside.</p></main>
<script nonce="${nonce}" src="${CDN}/_latest/embeddable-sandbox.umd.production.min.js"></script>
<script nonce="${nonce}">
if (window.EmbeddedSandbox) {
  document.getElementById('note').remove();
  const initialEndpoint = location.origin + location.pathname;
  const initialSubscriptionEndpoint = initialEndpoint.replace('http', 'ws');
  new window.EmbeddedSandbox({ ...${scriptSafe(options)}, initialEndpoint, initialSubscriptionEndpoint });
}
</script>
</body>
</html>
`;
  return htmlPage(html, [
    `script-src 'nonce-${nonce}' ${CDN}`,
    `style-src 'nonce-${nonce}'`,
    `img-src data:`,
    `frame-src ${FRAME}`,
    `connect-src 'self'`,
    `base-uri 'none'`,
  ]);
}

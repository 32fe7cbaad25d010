// Apollo Sandbox in two halves. The relay, which runs in our page, is Apollo's own code. The frame, which is Apollo's web
// site, is played: it says what the relay listens for, and writes down what it hears.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { getIntrospectionQuery } from 'graphql';

/** As the CDN's script does: puts EmbeddedSandbox on the window. */
export async function relayScript() {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { ApolloSandbox } from '@apollo/sandbox'; window.EmbeddedSandbox = ApolloSandbox;`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
  });
  return outputFiles[0].text;
}

const FOLLOW = `subscription Follow($productId: String!, $deviceName: String!) {
  firmwareUpgradeProgress(productId: $productId, deviceName: $deviceName) {
    device { firmwareUpgrade { ... on FirmwareUpgrade { phase isFinal } ... on TokenApiError { code } } }
  }
}`;

/** Runs in the frame: shakes hands, introspects, sends what it was filled in with, and follows what that started. */
async function play(introspectionQuery, followDocument) {
  const given = Object.fromEntries(
    [...new URLSearchParams(location.search)].map(([name, value]) => [
      name,
      name.startsWith('default') ? decodeURIComponent(value) : value,
    ]),
  );
  const said = (message, answerName) =>
    new Promise((resolve) => {
      window.addEventListener('message', ({ data }) => {
        if (data.name === answerName && data.operationId === message.operationId) resolve(data);
      });
      window.parent.postMessage(message, '*');
    });
  /** The upgrade in each event of a subscription, up to the last. */
  const events = (message) =>
    new Promise((resolve) => {
      const upgrades = [];
      window.addEventListener('message', ({ data: { name, operationId, response } }) => {
        if (name !== 'ExplorerSubscriptionResponse' || operationId !== message.operationId) return;
        const result = response.data?.payload ?? response.data;
        const upgrade = (result?.data ?? result)?.firmwareUpgradeProgress?.device.firmwareUpgrade;
        if (upgrade) upgrades.push(upgrade);
        if (upgrade?.isFinal) resolve(upgrades);
        if (response.error) resolve([response.error]);
      });
      window.parent.postMessage(message, '*');
    });
  const headers = JSON.parse(given.defaultHeaders);
  const { parentHref } = await said({ name: 'ExplorerListeningForHandshake' }, 'HandshakeResponse');
  const { schema } = await said(
    {
      name: 'IntrospectionQueryWithHeaders',
      introspectionRequestBody: JSON.stringify({ query: introspectionQuery, operationName: 'IntrospectionQuery' }),
      introspectionRequestHeaders: headers,
      sandboxEndpointUrl: given.endpoint,
      operationId: 'introspect',
    },
    'SchemaResponse',
  );
  const { response } = await said(
    {
      name: 'ExplorerRequest',
      operation: given.defaultDocument,
      operationName: 'Confirm',
      variables: JSON.parse(given.defaultVariables),
      headers,
      endpointUrl: given.endpoint,
      operationId: 'confirm',
    },
    'ExplorerResponse',
  );
  const followed = {};
  for (const [protocol, subscriptionUrl, more] of [
    ['graphql-ws', given.subscriptionEndpoint],
    ['http-multipart', given.endpoint, { Accept: 'multipart/mixed;subscriptionSpec=1.0, application/json' }],
  ])
    followed[protocol] = await events({
      name: 'ExplorerSubscriptionRequest',
      operation: followDocument,
      operationName: 'Follow',
      variables: JSON.parse(given.defaultVariables),
      headers: { ...headers, ...more },
      subscriptionUrl,
      protocol,
      httpMultipartParams: { includeCookies: false },
      operationId: protocol,
    });
  const mutation = schema.__schema.types.find(({ name }) => name === 'Mutation').fields[0].name;
  document.querySelector('#said').textContent = JSON.stringify(
    { parentHref, mutation, confirmed: response, followed, given },
    null,
    2,
  );
}

export const frameHtml = `<!doctype html><meta charset="utf-8"><title>the frame, played</title>
<pre id="said" style="white-space:pre-wrap"></pre>
<script>(${play})(${JSON.stringify(getIntrospectionQuery())}, ${JSON.stringify(FOLLOW)})</script>`;

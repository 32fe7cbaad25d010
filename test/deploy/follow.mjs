// An app that follows an upgrade: over Server-Sent Events, or over a WebSocket by the library that is in the bundle.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PRODUCT, TOKEN } from './ask.mjs';
import { image } from './machine.mjs';

const QUERY = `subscription Follow($productId: String!, $deviceName: String!) {
  firmwareUpgradeProgress(productId: $productId, deviceName: $deviceName) {
    device {
      firmwareUpgrade {
        __typename
        ... on FirmwareUpgrade { phase percent isFinal }
        ... on TokenApiError { code nextStep }
      }
    }
  }
}`;

const requestFor = (deviceName) => ({ query: QUERY, variables: { productId: PRODUCT, deviceName } });
const upgradeFrom = ({ data }) => data.firmwareUpgradeProgress.device.firmwareUpgrade;

/**
 * @param heard called with what comes: an upgrade, or `heartbeat`
 * @returns the HTTP status, once the stream is complete
 */
async function overSse(url, deviceName, heard, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(requestFor(deviceName)),
    signal,
  });
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const [, data] = /^data: (.*)$/m.exec(event) ?? [];
      if (data) heard(upgradeFrom(JSON.parse(data)));
      else if (event === ':') heard('heartbeat');
    }
  }
  return response.status;
}

/** The library comes again by itself where it is told to: `heard` is then called with `again`. */
async function overWebSocket(url, deviceName, heard, signal) {
  const require = createRequire(join(image.stages.build.dir, 'app/package.json'));
  const client = require('graphql-ws').createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: require('ws').WebSocket,
    connectionParams: { authorization: TOKEN },
    on: { connected: (_socket, _payload, isAgain) => isAgain && heard('again') },
  });
  try {
    await new Promise((resolve, reject) => {
      const sink = { next: (result) => heard(upgradeFrom(result)), complete: resolve, error: reject };
      const unsubscribe = client.subscribe(requestFor(deviceName), sink);
      signal?.addEventListener('abort', unsubscribe);
    });
  } finally {
    await client.dispose();
  }
}

export const transports = { sse: overSse, websocket: overWebSocket };

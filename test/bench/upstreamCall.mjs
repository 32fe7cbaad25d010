// The same POST upstream, by each of the three clients that the servers of this bench use.

import { Pool } from 'undici';

const upstream = new URL(process.env.TOKENAPI_URL);
const headers = ['content-type', 'application/json'];
const CONNECTIONS = 1000;
let pool;

const poolOf = () => {
  pool ??= new Pool(upstream.origin, { connections: CONNECTIONS, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return pool;
};

export const ACTION = 'AppPublishFirmwareUpdateMessage';

/** The body of one confirm. `authorization` is the header as it came. */
export const callBodyFrom = ({ productId, deviceName }, authorization, requestId) =>
  JSON.stringify({
    Action: ACTION,
    RequestId: requestId,
    ProductId: productId,
    DeviceName: deviceName,
    AccessToken: authorization.slice('Bearer '.length),
  });

/** By `Pool.dispatch`, the least that undici does. */
export function dispatched(body) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    poolOf().dispatch(
      { path: upstream.pathname, method: 'POST', headers, body },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          resolve(JSON.parse(chunks.length === 1 ? chunks[0].toString() : Buffer.concat(chunks).toString()));
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}

/** By `Pool.request`. */
export async function requested(body) {
  const answer = await poolOf().request({ path: upstream.pathname, method: 'POST', headers, body });
  return answer.body.json();
}

/** By the `fetch` that Node brings. */
export async function fetched(body) {
  const answer = await fetch(upstream, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return answer.json();
}

// What a service mesh puts in front of a subgraph: a proxy that sends a request again on a 5xx, on a 429 and on a cut
// connection, mutations too. It can be told to lose answers, and to repeat nothing.

import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 50;

/** One that repeats nothing. */
export const startOnlooker = (target) => startSidecar(target, { tries: 1 });

export async function startSidecar(target, { tries = 40 } = {}) {
  const statuses = [];
  const sidecar = {
    /** The status of every attempt; 0: its answer was lost. */
    statuses,
    /** The headers of every request that came. */
    headers: [],
    /** So many of the next answers are lost on their way back. */
    answersToLose: 0,
  };

  async function attempt(headers, body) {
    const response = await fetch(target, { method: 'POST', headers, body });
    const answer = { status: response.status, text: await response.text(), headers: response.headers };
    if (sidecar.answersToLose > 0) {
      sidecar.answersToLose -= 1;
      answer.status = 0;
    }
    statuses.push(answer.status);
    return answer;
  }

  async function answerTo(headers, body) {
    for (let tried = 1; ; tried++) {
      const answer = await attempt(headers, body);
      const isToRepeat = answer.status === 0 || answer.status === 429 || answer.status >= 500;
      if (!isToRepeat || tried === tries) return answer;
      await delay(PAUSE_MS);
    }
  }

  const server = createServer(async (request, response) => {
    sidecar.headers.push(request.headers);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host, connection, 'content-length': length, 'transfer-encoding': coding, ...headers } = request.headers;
    const { status, text, headers: answered } = await answerTo(headers, Buffer.concat(chunks));
    if (status === 0) return response.destroy();
    const kept = ['content-type', 'retry-after'].filter((name) => answered.has(name));
    response.writeHead(status, Object.fromEntries(kept.map((name) => [name, answered.get(name)]))).end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(sidecar, {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

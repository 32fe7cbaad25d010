// The network between a gateway and a platform that is far away: a relay that holds every byte for half a round trip, and a proxy
// before it, which is near. In user space, so a TCP connection to the relay is there at once: over a real network it takes one
// round trip more.

import { connect, createServer } from 'node:net';

const { PORT, TO_PORT, PROXY_PORT, ROUND_TRIP_MS } = process.env;
const ONE_WAY_MS = Number(ROUND_TRIP_MS) / 2;

/** Timers of one length fire in the order in which they were set, so bytes keep their order. */
const delayed = (from, to) => {
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), ONE_WAY_MS));
  from.on('end', () => setTimeout(() => to.end(), ONE_WAY_MS));
  from.on('error', () => setTimeout(() => to.destroy(), ONE_WAY_MS));
};

createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = connect({ port: Number(TO_PORT), host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  delayed(near, far);
  delayed(far, near);
}).listen(Number(PORT), '127.0.0.1');

/** Knows CONNECT alone, which its client sends in one piece. */
createServer({ noDelay: true }, (client) => {
  client.on('error', () => client.destroy());
  client.once('data', (head) => {
    const [, host, port] = /^CONNECT ([^:]+):(\d+) /.exec(head.latin1Slice()) ?? [];
    if (port === undefined) return void client.end('HTTP/1.1 405 Method Not Allowed\r\n\r\n');
    const onward = connect({ port: Number(port), host, noDelay: true }, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    onward.on('error', () => client.destroy());
    client.once('close', () => onward.destroy());
  });
}).listen(Number(PROXY_PORT), '127.0.0.1');

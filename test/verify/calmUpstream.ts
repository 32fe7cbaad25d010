// An upstream that takes every order, after a while, and writes it down: for what is about the gateway's other side.

import { KNOWN } from './client';
import { answerOf, documented } from './hostile/exchange';
import { accepted, faultOf } from './hostile/fault';
import { type HostileUpstream, startHostileUpstream } from './hostile/upstream';

/** @param places works on so many orders at once; the others wait, but for those by which users are introduced */
export function startCalmUpstream(delayMs: number, places = Number.POSITIVE_INFINITY): Promise<HostileUpstream> {
  const waiting: (() => void)[] = [];
  let working = 0;
  const calm = faultOf('good', `accepted after ${delayMs} ms`, accepted, (exchange) => {
    const work = () => {
      working++;
      setTimeout(() => {
        exchange.send(answerOf(200, documented(exchange.requestId)));
        working--;
        waiting.shift()?.();
      }, delayMs);
    };
    if (exchange.device.startsWith(KNOWN)) exchange.send(answerOf(200, documented(exchange.requestId)));
    else if (working < places) work();
    else waiting.push(work);
  });
  return startHostileUpstream({ seed: 0, faultFor: () => calm });
}

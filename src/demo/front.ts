// What the demo has beside the gateway, on the same port: the page at `/`, and the switches that it plays trouble by. Everything else
// is the gateway's.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Control } from '../simulator/control';
import { answerControl, CONTROL_PATH } from './controlRequest';
import { createPage } from './page';

/** Pages of a developer's own machine may call the demo: it plays everything, so there is nothing that they could harm. */
export const isLocalOrigin = (origin: string): boolean => /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?$/.test(origin);

export function createFront(control: Control): (request: IncomingMessage, response: ServerResponse) => boolean {
  const answerPage = createPage();
  return (request, response) => {
    const [path] = (request.url ?? '').split('?', 1);
    if (path === CONTROL_PATH) void answerControl(control, request, response);
    else if (path !== '/' || !/^(GET|HEAD)$/.test(request.method ?? '') || !acceptsPage(request)) return false;
    else answerPage(request, response);
    return true;
  };
}

const acceptsPage = ({ headers: { accept = '' } }: IncomingMessage): boolean => accept.includes('text/html');

// A page for a browser, as the listener sends it. What is on it is the explorer's business.

import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Page {
  status: number;
  body: string | Buffer;
  headers: Record<string, string>;
}

/** The page that a GET asks for; undefined if there is none. */
export type Pages = (request: IncomingMessage) => Promise<Page | undefined>;

/** What stands before the gateway in one process with it. @returns whether it answers this request by itself */
export type Front = (request: IncomingMessage, response: ServerResponse) => boolean;

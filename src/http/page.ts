// A page for a browser, as the listener sends it. What is on it is the explorer's business.

import type { IncomingMessage } from 'node:http';

export interface Page {
  status: number;
  body: string | Buffer;
  headers: Record<string, string>;
}

/** The page that a GET asks for; undefined if there is none. */
export type Pages = (request: IncomingMessage) => Promise<Page | undefined>;

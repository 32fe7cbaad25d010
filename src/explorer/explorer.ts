// Which page a browser gets where an explorer is on: Apollo Sandbox at /graphql, and at /explorer one that needs nothing
// from outside. Knows no GraphQL.

import type { Pages } from '../http/page';
import { isGraphQL, targetOf } from '../http/target';
import { type Sample, sampleRequestFrom } from './sample';
import { sandboxPage } from './sandbox';

/** @param sample what a page is filled in with, or who tells it for each page anew */
export function createExplorer(sample?: Sample | (() => Sample)): Pages {
  const filledIn = () => sampleRequestFrom(typeof sample === 'function' ? sample() : sample);
  return async (request) => {
    const { path } = targetOf(request);
    const { accept = '' } = request.headers;
    if (isGraphQL(path)) return accept.includes('text/html') ? sandboxPage(filledIn()) : undefined;
    return path.startsWith('/explorer') ? local().localPage(path, filledIn) : undefined;
  };
}

/** Loaded by the first who opens it: no start and no operation waits for it. */
const local = (): typeof import('./local') => require('./local');

// The id that joins everything that is said of one request.

import { flatUUID } from '../tokenapi/flat';

/** A caller's own id is taken if it is short and plain; otherwise the request gets a new one. */
export const requestIdFrom = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9_.:-]{1,128}$/.test(given) ? given : flatUUID();

// The id that joins everything that is said of one request.

import { flatUUID } from '../tokenapi/flat';

/**
 * A caller's own id is taken if it is short and plain; otherwise the request gets a new one. Plain are UUIDs, Kong's `<uuid>#<counter>`,
 * AWS' `Self=…;Root=…`, and the signs of base64: nothing that a log line in JSON would have to escape.
 */
export const requestIdFrom = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[\w.:#=;,/+@|~-]{1,128}$/.test(given) ? given : flatUUID();

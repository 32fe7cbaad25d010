// What a client says of itself when it opens a WebSocket: browsers cannot send headers with it, so libraries have a message for it.

/** The parameters of a connection, as they came. They hold secrets: nothing of them is logged. */
export type Params = Readonly<Record<string, unknown>> | undefined;

/**
 * The one of this name, in any case, at the top or among `headers`, as Apollo's explorers send it.
 *
 * @returns undefined if there is none; an empty text if there is no telling what is meant
 */
function paramOf(params: Params, name: string): string | undefined {
  const headers = params?.headers;
  const values = [params, typeof headers === 'object' ? headers : undefined]
    .flatMap((from) => Object.entries(from ?? {}))
    .filter(([key, value]) => key.toLowerCase() === name && value !== undefined && value !== null)
    .map(([, value]) => value);
  if (values.length === 0) return undefined;
  return typeof values[0] === 'string' && values.every((value) => value === values[0]) ? values[0] : '';
}

/** What would be the `Authorization` header. Clients send the token with `Bearer` before it, as in the header, or alone. */
export function authorizationFrom(params: Params): string | undefined {
  const given = paramOf(params, 'authorization');
  return given === undefined || /^Bearer\s/i.test(given) ? given : `Bearer ${given}`;
}

/** For routers that cannot send headers with the upgrade. */
export const routerSecretFrom = (params: Params): string | undefined => paramOf(params, 'x-router-secret');

// Who asks, where a router says so: from its header alone, never from what a client sends within a WebSocket.

import type { IncomingMessage } from 'node:http';
import { ownerNamedIn } from '../context/owner';
import { BadRequest } from './request';

/** The hash of the user whom the router names; undefined if it is to name none. @throws BadRequest if it does not */
export type OwnerOf = (request: IncomingMessage) => string | undefined;

/** @param header in small letters */
export function ownerReader(header: string | undefined): OwnerOf {
  if (header === undefined) return () => undefined;
  return ({ rawHeaders }) => {
    const owner = ownerNamedIn(rawHeaders, header);
    if (owner !== undefined) return owner;
    throw new BadRequest(400, `The header ${header} is expected once, with 1 to 256 visible ASCII characters.`);
  };
}

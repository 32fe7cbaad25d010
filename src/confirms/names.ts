// The names under which confirms are remembered. A changed name would forget a day of keys, so these stay as they are. The hash in
// braces keeps all names of one user in one slot of a Redis cluster. No name shows a token or a key: both are the client's secrets.

import { hash } from 'node:crypto';
import { flat } from '../tokenapi/flat';

const digest = (text: string): string => hash('sha256', text, 'base64url');

/** Stands for a token wherever the token itself must not be kept, and for its user where nobody says who that is. */
export const ownerFromToken = (token: string): string => digest(`token:${token}`);

/** Stands for a user whom a trusted router names, whatever the token. */
export const ownerFromUser = (user: string): string => digest(`user:${user}`);

/** A user's device, in this process: a name that no store outside gets to see. */
export const ownName = (owner: string, deviceId: string): string => flat(`${owner} ${deviceId}`);

/** A key belongs to a user and a device: the same key for another device is another key. */
export const keyName = (owner: string, key: string, deviceId: string): string =>
  `{${owner}}:key:${digest(`${deviceId} ${key}`)}`;

/** How many keys the user has. */
export const keyCountName = (owner: string): string => `{${owner}}:keys`;

/** The confirm of a device that is under way. */
export const deviceName = (owner: string, deviceId: string): string => `{${owner}}:device:${digest(deviceId)}`;

/** What was sent of late, and may not show yet. */
export const settlingName = (owner: string, deviceId: string): string => `{${owner}}:settling:${digest(deviceId)}`;

/** What is being sent, for whoever reads meanwhile. */
export const sendingName = (owner: string, deviceId: string): string => `{${owner}}:sending:${digest(deviceId)}`;

/** The upgrade that was seen moving. */
export const followedName = (owner: string, deviceId: string): string => `{${owner}}:followed:${digest(deviceId)}`;

/** The name that 0.1.0 gave a key. What it wrote under it holds for 24 hours. */
export const formerKeyName = (token: string, key: string): string => `key:${digest(`${digest(token)} ${key}`)}`;

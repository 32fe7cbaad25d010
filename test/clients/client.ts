// What every client is asked to do, whichever library it is: the three operations of clients/operations.graphql.

import { PRODUCT, TOKEN } from '../pair';

/** As many of the fields as some member of the unions has. Not the clients' own types: those are for exhaustive.test.ts. */
export interface Member {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
  readonly nextStep?: string;
  readonly retryAfterMs?: number | null | undefined;
  readonly state?: string;
  readonly targetVersion?: string | null | undefined;
  readonly updateAvailable?: boolean;
  readonly phase?: string;
  readonly percent?: number | null | undefined;
  readonly toVersion?: string | null | undefined;
  readonly isFinal?: boolean;
  readonly pollAfterMs?: number | null | undefined;
  readonly device?: Device;
}

export interface Device {
  readonly id: string;
  readonly connectivity?: Member | null | undefined;
  readonly firmware?: Member | null | undefined;
  readonly firmwareUpgrade?: Member | null | undefined;
}

/** Fields below may be undefined where a client dropped them: the tests would see it. */
export interface Client {
  ask(deviceName: string): Promise<Device>;
  confirm(deviceName: string): Promise<Member>;
  /** One poll, from the network, through the client's cache. */
  follow(deviceName: string): Promise<Device>;
  stop(): void;
}

export interface ClientOptions {
  url: string;
  /** Null: signed out. */
  token?: string | null;
}

export const variablesFor = (deviceName: string) => ({ productId: PRODUCT, deviceName });

export function headersFor({ token = TOKEN }: ClientOptions): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** @throws Error where an answer has no data */
export function required<T>(value: T | null | undefined, why?: unknown): T {
  if (value === null || value === undefined) throw new Error(`expected data, got none: ${String(why)}`);
  return value;
}

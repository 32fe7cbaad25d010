import { type Asker } from './ask.js';
import type { MyDevicesQuery } from './generated/types.js';
import { type Signal } from './signal.js';
import type { AnyError } from './types.js';
type Result = NonNullable<MyDevicesQuery['myDevices']>;
type Page = Extract<Result, {
    __typename: 'MyDevicePage';
}>;
/** A device as it stands in the user's list, with what is offered and how far its upgrade is. */
export type MyDevice = Page['devices'][number];
/** A page may hold fewer devices than it could, even none, while another follows; and a device may stand on two. @throws AbortError */
export declare function myDevices(asker: Asker, signal?: Signal): AsyncGenerator<MyDevice | AnyError, void, void>;
export {};

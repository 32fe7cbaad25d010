import { type Asker } from './ask.js';
import { type Signal } from './signal.js';
import type { AnyError } from './types.js';
/** A device as it stands in the user's list. */
export interface MyDevice {
    readonly __typename: 'MyDevice';
    readonly device: {
        readonly id: string;
        readonly productId: string;
        readonly deviceName: string;
    };
    /** The user's own name for it. */
    readonly alias: string | null;
    /** Null of a shared device. */
    readonly familyId: string | null;
    readonly familyName: string | null;
    readonly isShared: boolean;
}
/** A page may hold fewer devices than it could, even none, while another follows. @throws AbortError */
export declare function myDevices(asker: Asker, signal?: Signal): AsyncGenerator<MyDevice | AnyError, void, void>;

import { type Asker } from './ask.js';
import { type Signal } from './signal.js';
import type { Push } from './transport.js';
import type { DeviceNames, UpgradeResult } from './types.js';
/** Streams that may be open at once: over HTTP/1.1, a browser has six connections to a host, and each stream takes one. */
export interface Places {
    take(): boolean;
    free(): void;
}
export declare const createPlaces: (limit: number, taken?: number) => Places;
export interface Following {
    readonly asker: Asker;
    readonly url: string;
    /** Absent: it is asked for. */
    readonly push: Push | undefined;
    readonly places: Places;
}
/** Tells the state at once, then every change, and ends with the upgrade. @throws AbortError */
export declare function follow(following: Following, { productId, deviceName }: DeviceNames, signal?: Signal): AsyncGenerator<UpgradeResult, void, void>;

import type { FirmwareClientOptions } from './client.js';
/** A call that the simulated platform received. */
export interface ReceivedCall {
    /** When, in milliseconds since 1970. */
    readonly at: number;
    /** `AppPublishFirmwareUpdateMessage` is the send of a confirm. */
    readonly action: string;
    readonly body: Readonly<Record<string, unknown>>;
}
export interface TestGateway extends Pick<FirmwareClientOptions, 'url'> {
    /** A user who owns the devices `lamp-1`, `lamp-2` and so on of this product, `lamp-offline`, `lamp-fails` and others. */
    readonly token: string;
    readonly productId: string;
    /** Every call so far, the oldest first. */
    received(): readonly ReceivedCall[];
    /** The platform refuses this action with this code, until it is called with undefined. */
    refuse(action: string, code: string | undefined): void;
    close(): Promise<void>;
}
export interface TestGatewayOptions {
    /** How long one step of an upgrade takes; a whole one takes nine. Absent: 50. */
    readonly paceMs?: number;
    /** Settings of the gateway, such as `CORS_ORIGINS`. */
    readonly env?: Readonly<Record<string, string>>;
}
export declare function startTestGateway({ paceMs, env }?: TestGatewayOptions): Promise<TestGateway>;

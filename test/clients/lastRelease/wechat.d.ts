import { type FirmwareClient, type FirmwareClientOptions } from './client.js';
import type { Push, Request } from './transport.js';
export { createUpgradeStates, type UpgradeState, type UpgradeStateName, type UpgradeStates, } from './upgradeStates.js';
/** As much of `wx`, `Taro` or `uni` as is needed. */
export interface MiniProgram {
    request(options: {
        url: string;
        method: 'POST';
        header: Record<string, string>;
        data: string;
        /** The answer as text, whatever it looks like. */
        dataType: string;
        responseType: 'text';
        success(answer: {
            statusCode: number;
            data: unknown;
            header?: unknown;
        }): void;
        fail(cause: {
            errMsg?: string;
        }): void;
    }): unknown;
    connectSocket(options: {
        url: string;
        protocols: string[];
        success(): void;
        fail(cause: {
            errMsg?: string;
        }): void;
        /** uni-app gives the task only where there is one. */
        complete(): void;
    }): unknown;
}
export declare const requestByMiniProgram: (mini: Pick<MiniProgram, "request">) => Request;
/** A mini program may have five sockets at once; whoever finds none polls. */
export declare const pushByMiniProgram: (mini: Pick<MiniProgram, "connectSocket">) => Push;
/** `createMiniProgramClient(wx, { url, token })`; or `Taro`, or `uni`. The host of `url` must be among the mini program's domains. */
export declare const createMiniProgramClient: (mini: MiniProgram, options: Omit<FirmwareClientOptions, "request">) => FirmwareClient;

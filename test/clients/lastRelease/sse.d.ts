import { type Payload, type Push } from './transport.js';
/** Whether `fetch` hands an answer on as it grows: React Native's waits for its end. */
export declare const canStream: () => boolean;
/** @returns takes the text as it comes, and says whether the stream has completed */
export declare function sseParser(onEvent: (payload: Payload) => void): (text: string) => boolean;
export declare const pushBySse: Push;

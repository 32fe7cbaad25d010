import { type Push } from './transport.js';
export declare const PROTOCOL = "graphql-transport-ws";
export interface Socket {
    send(text: string): void;
    close(): void;
}
export interface SocketEvents {
    onOpen(): void;
    onMessage(text: string): void;
    /** Once it is closed, or could not be opened. May be called more than once. */
    onClose(): void;
}
/** Opens a socket: what differs between a browser and the mini programs. */
export type Connect = (url: string, protocol: string, events: SocketEvents) => Socket;
/** The platform's own `WebSocket`. */
export declare const connectByWebSocket: Connect;
/** Ends as refused where no connection was ever acknowledged. */
export declare const pushByWebSocket: (connect?: Connect) => Push;

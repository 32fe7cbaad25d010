// What `firmware-gateway-client` itself has: no part of it needs another package.

export type { TokenSource } from './ask.js';
export { type CallOptions, createFirmwareClient, type FirmwareClient, type FirmwareClientOptions } from './client.js';
export type { MyDevice } from './myDevices.js';
export { type Polled, pollIntervalFrom } from './pollInterval.js';
export type { ConfirmOptions, PressStep } from './press.js';
export { type Abort, AbortError, createAbort, type Signal } from './signal.js';
export { pushBySse } from './sse.js';
export type { Incoming, Outgoing, Payload, Push, PushEnd, Request, Subscribing } from './transport.js';
export type * from './types.js';
export {
  createUpgradeStates,
  type UpgradeState,
  type UpgradeStateName,
  type UpgradeStates,
} from './upgradeStates.js';
export { type Connect, connectByWebSocket, pushByWebSocket, type Socket, type SocketEvents } from './webSocket.js';

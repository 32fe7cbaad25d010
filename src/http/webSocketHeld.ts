// What WebSockets hold of messages that are not whole, or whose turn has not come. Each alone is bounded; ten thousand of them would be
// more than the process has.

import type { WebSocketWire } from './webSocketWire';

/** Over all connections. Beyond, the one that holds most is cut. */
export const WEBSOCKETS_HELD_BYTES = 67_108_864;
/** How often is looked, while any is held. */
const CHECK_MS = 250;

export class HeldMessages {
  /** Those that something came from, and that held some of it when they were looked at last. */
  private readonly wires = new Set<WebSocketWire>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limitBytes = WEBSOCKETS_HELD_BYTES,
    private readonly onCut: () => void,
  ) {}

  received(wire: WebSocketWire): void {
    this.wires.add(wire);
    this.timer ??= setInterval(() => this.cutBeyond(), CHECK_MS).unref();
  }

  closed(wire: WebSocketWire): void {
    this.wires.delete(wire);
  }

  private cutBeyond(): void {
    let sum = 0;
    for (const wire of this.wires) {
      const { heldBytes } = wire;
      if (heldBytes === 0) this.wires.delete(wire);
      sum += heldBytes;
    }
    if (this.wires.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    if (sum <= this.limitBytes) return;
    const held = [...this.wires].map((wire) => ({ wire, bytes: wire.heldBytes })).sort((a, b) => b.bytes - a.bytes);
    for (const { wire, bytes } of held) {
      if (sum <= this.limitBytes) return;
      sum -= bytes;
      this.onCut();
      wire.terminate();
    }
  }
}

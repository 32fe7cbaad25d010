// What WebSockets hold of messages that are not whole, or whose turn has not come. Each alone is bounded; ten thousand of them would be
// more than the process has.

import type { WebSocketWire } from './webSocketWire';

/** Over all connections. Beyond, the one that holds most is cut. */
export const WEBSOCKETS_HELD_BYTES = 67_108_864;
/** How often is looked, while there are connections enough to hold so much. */
const CHECK_MS = 250;

export class HeldMessages {
  private readonly wires = new Set<WebSocketWire>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limitBytes = WEBSOCKETS_HELD_BYTES,
    private readonly onCut: () => void,
  ) {}

  opened(wire: WebSocketWire): void {
    this.wires.add(wire);
    this.timer ??= setInterval(() => this.cutBeyond(), CHECK_MS).unref();
  }

  closed(wire: WebSocketWire): void {
    this.wires.delete(wire);
    if (this.wires.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private cutBeyond(): void {
    let sum = 0;
    for (const wire of this.wires) sum += wire.heldBytes;
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

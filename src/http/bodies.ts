// The bodies of requests, from their first byte until their operation begins. They are bounded one by one and all together; where
// there are too many, a slow or a large one has to go, so that nobody's small request is turned away because of it.

import type { IncomingMessage } from 'node:http';
import { BODY_LIMIT_BYTES } from '../engine/limits';
import { BadRequest } from './request';

/** Beyond so many bodies, the one that began first is refused. */
export const BODIES_LIMIT = 1000;
/** Beyond so many bytes of all of them, the largest is refused. */
export const BODIES_LIMIT_BYTES = 67_108_864;

export interface BodiesOptions {
  bodies?: number;
  bodiesBytes?: number;
  /** A body was refused for want of room. */
  onRefused(): void;
}

/** What has come of a body. It is kept on its request, so that the listeners below are the same functions for all. */
interface Arriving {
  readonly bodies: Bodies;
  readonly request: IncomingMessage;
  /** Resolves once the body is whole or will not be. */
  readonly ended: Promise<void>;
  end(): void;
  /** One buffer that grows: many small pieces would take a hundred times their bytes. */
  buffer: Buffer;
  size: number;
  failure: Error | undefined;
}

const ARRIVING = Symbol('arriving');
type Request = IncomingMessage & { [ARRIVING]?: Arriving };
const NOTHING = Buffer.alloc(0);

export class Bodies {
  /** The one that began first comes first. */
  private readonly held = new Set<Arriving>();
  private bytes = 0;

  constructor(private readonly options: BodiesOptions) {}

  /** Resolves once the body is whole, or will not be: `take` says which. */
  arrived(request: Request): Promise<void> {
    const arriving = request[ARRIVING] ?? this.begun(request);
    request[ARRIVING] = arriving;
    return arriving.ended;
  }

  /**
   * The body. It is no longer held from here on.
   *
   * @throws BadRequest if it was refused
   * @throws Error if the client left before its end
   */
  take(request: Request): Buffer {
    const { buffer, size, failure } = request[ARRIVING] as Arriving;
    this.release(request);
    if (failure) throw failure;
    return buffer.subarray(0, size);
  }

  /** Forgets the body of a request that needs it no longer, or never will. */
  release(request: Request): void {
    const arriving = request[ARRIVING];
    if (!arriving) return;
    if (this.held.delete(arriving)) this.bytes -= arriving.buffer.length;
    arriving.buffer = NOTHING;
    // The rest is read and dropped, so that the client gets to see the answer.
    if (!request.readableEnded) request.off('data', onData).resume();
  }

  refuse(arriving: Arriving, failure: Error): void {
    arriving.failure ??= failure;
    this.release(arriving.request);
    arriving.end();
  }

  grown(arriving: Arriving, chunk: Buffer): void {
    const { buffer, size } = arriving;
    arriving.size += chunk.length;
    if (arriving.size > BODY_LIMIT_BYTES) {
      this.refuse(arriving, tooLarge());
      return;
    }
    if (size === 0) arriving.buffer = chunk;
    else {
      if (arriving.size > buffer.length) {
        const most = Number(arriving.request.headers['content-length'] ?? BODY_LIMIT_BYTES);
        arriving.buffer = Buffer.allocUnsafeSlow(Math.min(2 * arriving.size, most));
        buffer.copy(arriving.buffer, 0, 0, size);
      }
      chunk.copy(arriving.buffer, size);
    }
    this.held.add(arriving);
    this.bytes += arriving.buffer.length - buffer.length;
    this.checkRoom();
  }

  private begun(request: Request): Arriving {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const arriving = { bodies: this, request, ended, end, buffer: NOTHING, size: 0, failure: undefined };
    if (Number(request.headers['content-length']) > BODY_LIMIT_BYTES) {
      Object.assign(arriving, { failure: tooLarge() });
      end();
    } else request.on('data', onData).on('end', onEnd).on('close', onClose);
    return arriving;
  }

  private checkRoom(): void {
    const { bodies = BODIES_LIMIT, bodiesBytes = BODIES_LIMIT_BYTES, onRefused } = this.options;
    let refused: Arriving | undefined;
    if (this.held.size > bodies) [refused] = this.held;
    else if (this.bytes > bodiesBytes)
      for (const one of this.held)
        if (refused === undefined || one.buffer.length > refused.buffer.length) refused = one;
    if (!refused) return;
    onRefused();
    this.refuse(refused, new BadRequest(503, 'Too many requests are arriving at once.', { 'retry-after': '1' }));
  }
}

function onData(this: Request, chunk: Buffer): void {
  const arriving = this[ARRIVING] as Arriving;
  arriving.bodies.grown(arriving, chunk);
}

function onEnd(this: Request): void {
  this[ARRIVING]?.end();
}

/** Comes after the end of a whole body too, and changes nothing then. */
function onClose(this: Request): void {
  const arriving = this[ARRIVING] as Arriving;
  if (!this.readableEnded) arriving.bodies.refuse(arriving, new Error('The client left.'));
}

const tooLarge = () => new BadRequest(413, `The body is expected to have at most ${BODY_LIMIT_BYTES} bytes.`);

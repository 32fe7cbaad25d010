// An answer in one plain write. Node ends each by an empty chunk, hands both to the kernel as a vector, and so spends some
// hundredths of what a whole request takes on a piece that holds nothing.

import { Socket } from 'node:net';

type Chunk = { chunk: string | Buffer; encoding: BufferEncoding };
type Written = (error?: Error | null) => void;
type WriteAll = (this: Socket, chunks: Chunk[], written: Written) => void;

/** Of all sockets. Streams ask each socket for its own. */
const writeAll = (Socket.prototype as unknown as { _writev: WriteAll })._writev;

/** From here on, what waits to be written is written without a vector if it is in one piece. */
export function writePlainly(socket: Socket): void {
  (socket as unknown as { _writev: WriteAll })._writev = writeOnly;
}

function writeOnly(this: Socket, chunks: Chunk[], written: Written): void {
  let only: Chunk | undefined;
  let pieces = 0;
  for (const each of chunks)
    if (each.chunk.length > 0) {
      only = each;
      pieces++;
    }
  if (only && pieces === 1) this._write(only.chunk, only.encoding, written);
  else writeAll.call(this, chunks, written);
}

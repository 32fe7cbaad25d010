// The body of a request, within a bound, and the object in it.

import type { IncomingMessage } from 'node:http';

/** @returns undefined if the body is larger */
export async function bodyOf(request: IncomingMessage, limitBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped: leaving the loop would destroy the connection that has to carry the 413.
    if (bytes <= limitBytes) chunks.push(chunk);
  }
  return bytes <= limitBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}

/** @returns undefined if it holds none */
export function objectFrom(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

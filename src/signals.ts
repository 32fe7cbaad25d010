// The signals to stop. Imported first, so that they are heard before the rest is loaded: until then, one ends the process by itself,
// whoever has already been told where it serves.

/** Until the start has ended nothing was promised to anybody, so there is nothing to finish. */
let stop = (): void => process.exit(0);
let isStopping = false;

function onSignal(): void {
  if (isStopping) process.exit(1);
  isStopping = true;
  stop();
}

// A program that imports the gateway hears its signals itself.
if (require.main?.filename === __filename)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);

/** From now on the first signal calls `action` instead. The second ends the process in any case. */
export function onStop(action: () => void): void {
  stop = action;
}

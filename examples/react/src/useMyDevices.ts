// The user's devices, shown as they come, page by page.

import type { AnyError, FirmwareClient, MyDevice } from 'firmware-gateway-client';
import { useCallback, useEffect, useState } from 'react';

export function useMyDevices(client: FirmwareClient) {
  const [devices, setDevices] = useState<readonly MyDevice[]>([]);
  const [error, setError] = useState<AnyError>();
  const [isLoading, setIsLoading] = useState(true);
  const [times, setTimes] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each time, it is read anew
  useEffect(() => {
    const leaving = new AbortController();
    async function read() {
      setIsLoading(true);
      setError(undefined);
      const found: MyDevice[] = [];
      for await (const told of client.myDevices({ signal: leaving.signal })) {
        if ('device' in told) found.push(told);
        else setError(told);
        setDevices([...found]);
      }
      setIsLoading(false);
    }
    // It throws where it is aborted, and nowhere else.
    read().catch(() => undefined);
    return () => leaving.abort();
  }, [client, times]);

  return { devices, error, isLoading, reload: useCallback(() => setTimes((before) => before + 1), []) };
}

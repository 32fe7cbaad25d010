// The user's devices, one after the other, however many pages they stand on.

import { type Answered, type Asker, ATTEMPTS, type Operation, pauseBefore } from './ask.js';
import { pause, type Signal } from './signal.js';
import type { AnyError } from './types.js';

/** A device as it stands in the user's list. */
export interface MyDevice {
  readonly __typename: 'MyDevice';
  readonly device: { readonly id: string; readonly productId: string; readonly deviceName: string };
  /** The user's own name for it. */
  readonly alias: string | null;
  /** Null of a shared device. */
  readonly familyId: string | null;
  readonly familyName: string | null;
  readonly isShared: boolean;
}

interface Page {
  readonly __typename: 'MyDevicePage';
  readonly devices: readonly MyDevice[];
  readonly nextCursor: string | null;
}

const MY_DEVICES: Operation<{ myDevices: Page | AnyError | null }> = {
  query:
    'query MyDevices($after:String){myDevices(after:$after){__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on MyDevicePage{devices{__typename device{id productId deviceName}alias familyId familyName isShared}nextCursor}}}',
  members: ({ myDevices }) => [myDevices],
};

/** A page may hold fewer devices than it could, even none, while another follows. @throws AbortError */
export async function* myDevices(asker: Asker, signal?: Signal): AsyncGenerator<MyDevice | AnyError, void, void> {
  let [after, attempt]: [string | null, number] = [null, 1];
  do {
    const answered: Answered<{ myDevices: Page | AnyError | null }> = await asker(MY_DEVICES, { after }, signal);
    const page: Page | AnyError = answered.data?.myDevices ?? (answered.error as AnyError);
    if (page.__typename === 'MyDevicePage') {
      yield* page.devices;
      [after, attempt] = [page.nextCursor, 1];
    } else if (page.nextStep === 'RETRY' && attempt < ATTEMPTS) await pause(pauseBefore(attempt++, page), signal);
    else {
      yield page;
      return;
    }
  } while (after !== null || attempt > 1);
}

// The user's devices, one after the other, however many pages they stand on.

import { type Answered, type Asker, ATTEMPTS, type Operation, pauseBefore } from './ask.js';
import { MyDevices } from './generated/queries.js';
import type { MyDevicesQuery } from './generated/types.js';
import { pause, type Signal } from './signal.js';
import type { AnyError } from './types.js';

type Result = NonNullable<MyDevicesQuery['myDevices']>;
type Page = Extract<Result, { __typename: 'MyDevicePage' }>;

/** A device as it stands in the user's list, with what is offered and how far its upgrade is. */
export type MyDevice = Page['devices'][number];

const MY_DEVICES: Operation<MyDevicesQuery> = {
  query: MyDevices,
  members: ({ myDevices }) => [myDevices as never],
};

/** A page may hold fewer devices than it could, even none, while another follows; and a device may stand on two. @throws AbortError */
export async function* myDevices(asker: Asker, signal?: Signal): AsyncGenerator<MyDevice | AnyError, void, void> {
  let [after, attempt]: [string | null, number] = [null, 1];
  const told = new Set<string>();
  do {
    const answered: Answered<MyDevicesQuery> = await asker(MY_DEVICES, { after }, signal);
    const page = (answered.data?.myDevices ?? answered.error) as Page | AnyError;
    if (page.__typename === 'MyDevicePage') {
      for (const mine of page.devices)
        if (!told.has(mine.device.id)) {
          told.add(mine.device.id);
          yield mine;
        }
      [after, attempt] = [page.nextCursor, 1];
    } else if (page.nextStep === 'RETRY' && attempt < ATTEMPTS) await pause(pauseBefore(attempt++, page), signal);
    else {
      yield page;
      return;
    }
  } while (after !== null || attempt > 1);
}

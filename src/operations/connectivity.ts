// Device.connectivity: does the platform see the device online? The one true batch upstream.

import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, createUnionType, Field, FieldResolver, ObjectType, Resolver, Root, registerEnumType } from 'type-graphql';
import type { Batch } from '../context/batch';
import type { Context } from '../context/context';
import { Device, type devicesFrom } from '../graph/device';
import { type ReadError, readErrorFrom, readErrorTypes } from '../graph/errors';
import { selectedFields } from '../graph/selection';
import { integer } from '../tokenapi/fields';

enum DeviceConnectivityState {
  ONLINE = 'ONLINE',
  OFFLINE = 'OFFLINE',
  ABNORMAL = 'ABNORMAL',
  UNKNOWN = 'UNKNOWN',
}

registerEnumType(DeviceConnectivityState, {
  name: 'DeviceConnectivityState',
  description: "The device's connection as the platform sees it. Values may be added.",
  valuesConfig: {
    ONLINE: { description: 'Connected: an upgrade can be confirmed.' },
    OFFLINE: { description: 'Not connected: a confirm would be refused with `DeviceOfflineError`.' },
    ABNORMAL: { description: 'The platform reports an abnormal state (a negative number).' },
    UNKNOWN: { description: "The platform's answer said nothing usable about this device." },
  },
});

type States = ReadonlyMap<string, DeviceConnectivityState>;

/** Neither order nor completeness is promised, so what comes is found by DeviceId. @see https://cloud.tencent.com/document/product/1081/40804 */
const deviceStatuses: Batch<States, DeviceConnectivityState> = {
  action: {
    name: 'AppGetDeviceStatuses',
    writes: false,
    compared: new Set(['DeviceId', 'ProductId', 'DeviceName']),
    // The page's text calls the array `DeviceStatuses`, a table on it `Devices`.
    parse: ({ DeviceStatuses, Devices }) => statesFrom(Array.isArray(DeviceStatuses) ? DeviceStatuses : Devices),
  },
  limit: 100,
  parametersFor: (deviceIds) => ({ DeviceIds: deviceIds }),
  valueOf: (states, deviceId) => states.get(deviceId) ?? DeviceConnectivityState.UNKNOWN,
};

/** The calls that read so many devices' connectivity. */
export const connectivityCalls = (devices: number): number => Math.ceil(devices / deviceStatuses.limit);

/** Read by hand: there may be a hundred, and a schema would make a dozen objects of each. */
function statesFrom(statuses: unknown): States {
  const states = new Map<string, DeviceConnectivityState>();
  for (const status of Array.isArray(statuses) ? statuses : []) {
    const { DeviceId, ProductId, DeviceName, Online } = Object(status) as Record<string, unknown>;
    const state = stateFrom(Number.isSafeInteger(Online) ? (Online as number) : integer.parse(Online));
    if (typeof DeviceId === 'string' && DeviceId !== '') states.set(DeviceId, state);
    else if (typeof ProductId === 'string' && typeof DeviceName === 'string')
      states.set(`${ProductId}/${DeviceName}`, state);
  }
  return states;
}

/** The page's comment says the opposite of every official client; the clients are right. */
function stateFrom(online: number | undefined): DeviceConnectivityState {
  if (online === undefined || online > 1) return DeviceConnectivityState.UNKNOWN;
  if (online < 0) return DeviceConnectivityState.ABNORMAL;
  return online === 1 ? DeviceConnectivityState.ONLINE : DeviceConnectivityState.OFFLINE;
}

@ObjectType({
  simpleResolvers: true,
  description: "The device's connection as the platform sees it.",
})
class DeviceConnectivity {
  @Field(() => DeviceConnectivityState, { description: 'Treat a value you do not know as `UNKNOWN`.' })
  readonly state: DeviceConnectivityState;

  constructor(state: DeviceConnectivityState) {
    this.state = state;
  }
}

const DeviceConnectivityResult = createUnionType({
  name: 'DeviceConnectivityResult',
  description:
    'Whether the device is connected, or why that could not be read. The nine errors are the same for every read.',
  types: () => [DeviceConnectivity, ...readErrorTypes] as const,
});

@Resolver(() => Device)
export class ConnectivityOfDevice {
  @FieldResolver(() => DeviceConnectivityResult, {
    nullable: true,
    description: `Whether the platform sees the device online. Means nothing for a Bluetooth-only device.

Source: AppGetDeviceStatuses, https://cloud.tencent.com/document/product/1081/40804 (100 devices a call)`,
  })
  connectivity(@Root() { id }: Device, @Ctx() context: Context): Result | Promise<Result> {
    try {
      const state = context.readOf(deviceStatuses, id);
      return typeof state === 'string' ? new DeviceConnectivity(state) : state.then(connectivityFrom, readErrorFrom);
    } catch (cause) {
      return readErrorFrom(cause);
    }
  }
}

type Result = DeviceConnectivity | ReadError;

const connectivityFrom = (state: DeviceConnectivityState): Result => new DeviceConnectivity(state);

type Devices = ReturnType<typeof devicesFrom>;

const NAMES: ReadonlySet<string> = new Set(['__typename', 'id', 'productId', 'deviceName']);

/**
 * The same devices. If connectivity is the only remote field that is selected, it is read for all of them before the list is
 * returned, since waiting at each device would cost a dozen promises for each, several times as much as everything else about it.
 * Otherwise each device asks for its own, and DataLoader makes one call of it.
 */
export function withConnectivity(
  devices: Devices,
  context: Context,
  info: GraphQLResolveInfo,
): Devices | Promise<Devices> {
  const selected = selectedFields(info);
  if (!selected?.has('connectivity')) return devices;
  for (const name of selected) if (name !== 'connectivity' && !NAMES.has(name)) return devices;
  try {
    const ids = devices.flatMap((device) => (device instanceof Device ? [device.id] : []));
    return context.readAhead(deviceStatuses, ids).then(() => devices);
  } catch {
    // Without a token: each field answers that for itself.
    return devices;
  }
}

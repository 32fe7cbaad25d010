// Which devices a user has: families with rooms, and what others share. Plain lists, which a test may change while they are read.

import { ORDINARY_DEVICE, PRODUCTS, SAMPLE_DEVICES, SAMPLE_PRODUCT_ID, VISIT_TOKEN_PREFIX } from './world';

export interface HomeDevice {
  productId: string;
  name: string;
  /** The user's own name for it. Absent: none. */
  alias?: string;
  /** Absent: the default room. */
  roomId?: string;
}

export interface Family {
  /** `error-<Code>` and `hidden-<Code>`: its devices are refused with that code. */
  id: string;
  name: string;
  /** 1: the user manages it; 0: is a member of it. */
  role: 1 | 0;
  devices: HomeDevice[];
}

export interface Home {
  families: Family[];
  /** Devices of other users: they may be seen, and not upgraded. */
  shared: HomeDevice[];
}

const SHARED_NAME = 'lamp-shared';
const DEFAULT_ROOM_ID = '0';
/** Any moment will do. */
const CREATED_AT = 1_719_878_400;

const aliases: Readonly<Record<string, string>> = {
  [ORDINARY_DEVICE.name]: 'Reading lamp',
  'lamp-offline': 'Attic',
  'lamp-awaiting': '书房台灯',
};

const inRoom = (roomId: string, { name }: { name: string }): HomeDevice => {
  const alias = aliases[name];
  return { productId: SAMPLE_PRODUCT_ID, name, roomId, ...(alias !== undefined && { alias }) };
};

/** The home of every `demo-token-…`: each sample device once, and two lamps of another product in a second family. */
export function sampleHome(): Home {
  const [living, bedroom] = ['room-living', 'room-bedroom'];
  const own = SAMPLE_DEVICES.filter(({ name }) => name !== SHARED_NAME);
  const others = Object.keys(PRODUCTS).filter((productId) => productId !== SAMPLE_PRODUCT_ID);
  const away = others.flatMap((productId) => ['lamp-1', 'lamp-2'].map((name) => ({ productId, name })));
  return {
    families: [
      {
        id: 'family-home',
        name: '我的家',
        role: 1,
        devices: own.map((device, i) => inRoom(i % 2 ? bedroom : living, device)),
      },
      { id: 'family-cabin', name: 'Cabin', role: 0, devices: away },
    ],
    shared: [{ productId: SAMPLE_PRODUCT_ID, name: SHARED_NAME, alias: "Bob's lamp" }],
  };
}

const VISIT_TOKEN = new RegExp(`^${VISIT_TOKEN_PREFIX}(\\d{1,9})(?:\\.\\d{1,9})?$`);

const VISIT_ALIASES: Readonly<Record<string, string>> = {
  [ORDINARY_DEVICE.name]: 'Reading lamp',
  'lamp-awaiting': '书房台灯',
  'lamp-offline': 'Attic',
  'lamp-returns': 'Garden',
  'lamp-fails': 'Hallway',
  'lamp-up-to-date': 'Kitchen',
};

/** The home of a visitor of the demo: a few lamps that nobody else has, so none of them was used before. Undefined for other tokens. */
export function visitHome(token: string): Home | undefined {
  const [, visit] = VISIT_TOKEN.exec(token) ?? [];
  if (visit === undefined) return undefined;
  const lamp = (name: string, alias: string) => ({ productId: SAMPLE_PRODUCT_ID, name: `${name}-${visit}`, alias });
  const devices = Object.entries(VISIT_ALIASES).map(([name, alias]) => lamp(name, alias));
  return {
    families: [{ id: `family-${visit}`, name: '我的家', role: 1, devices }],
    shared: [lamp(SHARED_NAME, "Bob's lamp")],
  };
}

const ofDevice = ({ productId, name, alias = '' }: HomeDevice) => ({
  ProductId: productId,
  DeviceName: name,
  DeviceId: `${productId}/${name}`,
  AliasName: alias,
  IconUrl: '',
});

/** As AppGetFamilyList tells a family. */
export const rowOfFamily = ({ id, name, role }: Family) => ({
  FamilyId: id,
  Name: name,
  Role: role,
  CreateTime: CREATED_AT,
  UpdateTime: CREATED_AT,
});

/** As AppGetFamilyDeviceList tells a device: times in seconds. */
export const rowOfDevice = (device: HomeDevice) => ({
  ...ofDevice(device),
  UserID: 'user-1',
  RoomId: device.roomId ?? DEFAULT_ROOM_ID,
  CreateTime: CREATED_AT,
  UpdateTime: CREATED_AT,
});

/** As AppListUserShareDevices tells a device: the time as a text. */
export const rowOfShared = (device: HomeDevice) => ({
  ...ofDevice(device),
  CreateTime: new Date(CREATED_AT * 1000).toISOString(),
});

/** Empty: those of all rooms. */
export const isInRoom = (roomId: string, device: HomeDevice): boolean =>
  roomId === '' || (device.roomId ?? DEFAULT_ROOM_ID) === roomId;

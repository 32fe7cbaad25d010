// An upgrade is followed: no end may be told that is another upgrade's.

import { PRODUCT } from '../run';
import type { DeviceModel } from './model';
import { versionOf } from './platform';
import type { Replica, World } from './world';

const FOLLOW = `query Follow($productId: String!, $deviceName: String!) {
  device(productId: $productId, deviceName: $deviceName) {
    firmwareUpgrade { __typename ... on FirmwareUpgrade { phase isFinal toVersion } }
  }
}`;
/** The gateway remembers a confirm for a second longer than this. */
const REMEMBERED_MS = 14_000;

export interface Followed {
  __typename: string;
  phase?: string;
  isFinal?: boolean;
  toVersion?: string | null;
}

export async function follow(
  { client }: Pick<Replica, 'client'>,
  token: string,
  device: string,
): Promise<Followed | undefined> {
  const body = { query: FOLLOW, variables: { productId: PRODUCT, deviceName: device } };
  const { body: text } = await client.post(body, device, { token });
  const { data } = JSON.parse(text) as { data?: { device?: { firmwareUpgrade?: Followed } } };
  return data?.device?.firmwareUpgrade;
}

/** @throws Error if an end is told that is not the latest upgrade's, by a replica that must know better */
export async function followed(world: World, number: number, token: string, device: DeviceModel): Promise<void> {
  const replica = world.replicas[number] as Replica;
  const told = await follow(replica, token, device.name);
  const { begun } = device;
  const latest = versionOf(world.platform.carriedOut(device.name));
  if (!told?.isFinal || told.toVersion === latest || !begun) return;
  const isOwn = begun.holders.every((holder) => holder.replica === number && holder.life === replica.life);
  const isShared = world.redis && world.troubles === begun.wellAt;
  if ((isOwn || isShared) && performance.now() - begun.at < REMEMBERED_MS)
    throw new Error(
      `broken: no end is told that is not this upgrade's\n  ${told.phase} of ${told.toVersion}, not of ${latest}`,
    );
}

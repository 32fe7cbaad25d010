// The actions, each from the body of a call to the fields of its answer. Knows nothing of HTTP or envelopes.

import type { Device, Devices } from './devices';
import { type Home, visitHome } from './home';
import { createLists } from './lists';
import { ConnectionCut, Refusal } from './refusals';
import type { Troubles } from './troubles';
import { EXPIRED_TOKEN_WORD, GUEST_TOKEN_PREFIX, OWNER_TOKEN_PREFIX, PRODUCTS, RELEASES, releaseAfter } from './world';

export type Body = Record<string, unknown>;
export type Actions = (action: string, body: Body, batchKey: 'DeviceStatuses' | 'Devices') => Body;

const BATCH_LIMIT = 100;

function textOf(body: Body, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '')
    throw new Refusal('InvalidParameterValue', `参数取值错误: ${key} is missing or is no string.`);
  return value;
}

function checkToken(body: Body): string {
  const token = body.AccessToken;
  if (typeof token !== 'string' || !token.startsWith(OWNER_TOKEN_PREFIX) || token.includes(EXPIRED_TOKEN_WORD))
    throw new Refusal('InvalidParameterValue.InvalidAccessToken');
  return token;
}

/** Whoever may touch no device has none. */
const homeOf = (token: string, home: Home): Home =>
  token.startsWith(GUEST_TOKEN_PREFIX) ? { families: [], shared: [] } : (visitHome(token) ?? home);

export interface ActionsOptions {
  devices: Devices;
  /** Of every user but visitors, as it is at the moment of a call. */
  home: () => Home;
  troubles: Troubles;
  /** Whether the fields of a list stand in `Data`. */
  wrapsLists: boolean;
  /** Whether versions are made up: see `DevicesOptions`. */
  offersAgain: boolean;
}

/**
 * All calls to one simulator go through one of these: it counts answers, because the platform's types vary from answer to answer.
 *
 * @throws Refusal, or ConnectionCut if the order was carried out and nothing shall be answered.
 */
export function createActions({ devices, home, troubles, wrapsLists, offersAgain }: ActionsOptions): Actions {
  const lists = createLists();
  let statusAnswers = 0;

  /** The order of the checks is the simulator's: parameters, existence, permission, then the device itself. */
  const permitted = (token: string, productId: string, name: string): Device => {
    const device = devices.find(productId, name);
    if (token.startsWith(GUEST_TOKEN_PREFIX)) throw new Refusal('InvalidParameterValue.NoPermission');
    if (device.refusal !== undefined) throw device.refusal;
    return device;
  };

  const deviceOf = (token: string, body: Body): Device =>
    permitted(token, textOf(body, 'ProductId'), textOf(body, 'DeviceName'));

  const table: Record<string, (token: string, body: Body, batchKey: string) => Body> = {
    AppPublishFirmwareUpdateMessage: (token, body) => {
      const device = deviceOf(token, body);
      const isThis = (shared: { productId: string; name: string }) =>
        `${shared.productId}/${shared.name}` === device.id;
      if (homeOf(token, home()).shared.some(isThis)) throw new Refusal('InvalidParameterValue.NoPermission');
      devices.confirm(device);
      if (device.sample.cutsConfirm) throw new ConnectionCut();
      return {};
    },

    AppCheckFirmwareUpdate: (token, body) => {
      const device = deviceOf(token, body);
      const CurrentVersion = devices.currentVersion(device);
      if (CurrentVersion === undefined) return {};
      const DstVersion = devices.targetVersion(device) ?? '';
      // Both ways of offering nothing occur: the installed version again, and an empty one.
      const installedByUs = DstVersion === CurrentVersion && CurrentVersion !== device.sample.currentVersion;
      return { CurrentVersion, DstVersion: installedByUs ? '' : DstVersion };
    },

    // The only action whose parameter is spelt `ProductID`.
    AppDescribeFirmware: (_token, body) => {
      const productId = textOf(body, 'ProductID');
      const version = textOf(body, 'FirmwareVersion');
      const known = Object.hasOwn(RELEASES, version) ? RELEASES[version] : undefined;
      const release = known ?? (offersAgain ? releaseAfter(version) : undefined);
      if (!Object.hasOwn(PRODUCTS, productId) || release === undefined) throw new Refusal('ResourceNotFound');
      return { ...release, Version: version, ProductName: PRODUCTS[productId] };
    },

    AppDescribeFirmwareUpdateStatus: (token, body) => {
      const device = deviceOf(token, body);
      const upgrade = devices.upgrade(device);
      if (upgrade === undefined) return { OriVersion: '', DstVersion: '', ErrMsg: '', Percent: 0 };
      const nth = ++statusAnswers;
      const { fromVersion, toVersion, status, percent, errMsg = '' } = upgrade;
      return {
        OriVersion: fromVersion,
        DstVersion: toVersion,
        ErrMsg: errMsg,
        Percent: nth % 2 === 0 ? String(percent) : percent,
        ...(device.sample.omitsStatus ? {} : { Status: nth % 3 === 0 ? String(status) : status }),
      };
    },

    AppGetDeviceStatuses: (token, body, batchKey) => {
      const ids = body.DeviceIds;
      if (!Array.isArray(ids) || ids.length === 0 || ids.length > BATCH_LIMIT)
        throw new Refusal('InvalidParameterValue', `参数取值错误: DeviceIds takes 1 to ${BATCH_LIMIT} ids.`);
      const statuses = ids.map((id: unknown) => {
        const [, productId, name] = /^([^/]+)\/([^/]+)$/.exec(String(id)) ?? [];
        if (productId === undefined || name === undefined) throw new Refusal('InvalidParameterValue');
        const device = permitted(token, productId, name);
        return { DeviceId: device.id, ProductId: productId, DeviceName: name, Online: devices.online(device), device };
      });
      const listed = statuses.filter(({ device }) => !device.sample.unlisted).map(({ device: _, ...status }) => status);
      // The order of the answer is not promised to be that of the question.
      return { [batchKey]: listed.reverse() };
    },
  };

  for (const [action, list] of Object.entries(lists))
    table[action] = (token, body) => {
      const Data = list(body, homeOf(token, home()));
      return wrapsLists ? { Data } : Data;
    };

  return (action, body, batchKey) => {
    if (!Object.hasOwn(table, action))
      throw new Refusal('InvalidParameterValue', `参数取值错误: no Action "${action.slice(0, 64)}".`);
    const token = checkToken(body);
    troubles.before(token, action);
    const answer = table[action]!(token, body, batchKey);
    troubles.after(token, action);
    return answer;
  };
}

// Query.myDevices while the lists change or never end: no family is skipped or read twice, and reading ends.

import type { HomeDevice } from '../../src/simulator/home';
import { type Pair, PRODUCT, startPair } from '../pair';
import { family, idsFor, idsIn, lamps, pagesOf } from './pages';

let pair: Pair;
beforeEach(async () => {
  pair = await startPair();
});
afterEach(() => pair.close());

describe('lists that change while they are read', () => {
  const home = () => ({ families: ['a', 'b', 'c'].map((id, i) => family(id, lamps(4, 10 * i))), shared: lamps(2, 90) });
  const [ofA, ofB, ofC, ofShared] = [lamps(4), lamps(4, 10), lamps(4, 20), lamps(2, 90)];

  it('go on with the next family where one became shorter', async () => {
    pair.simulator.home = home();
    const pages = await pagesOf(pair, 2, ({ devices }) => {
      if (devices[0]?.familyId === 'a') pair.simulator.home.families[0]?.devices.splice(1);
    });
    expect(idsIn(pages)).toEqual(idsFor([...ofA.slice(0, 2), ...ofB, ...ofC, ...ofShared]));
  });

  it.each<[string, string[]]>([
    ['the one that is being read', ['b']],
    ['one before it', ['a']],
    ['it and one before it', ['a', 'b']],
    ['all', ['a', 'b', 'c']],
  ])('skip no other family where one is gone: %s', async (_name, gone) => {
    pair.simulator.home = home();
    const pages = await pagesOf(pair, 2, ({ devices }) => {
      const { families } = pair.simulator.home;
      if (devices[0]?.familyId === 'b') pair.simulator.home.families = families.filter(({ id }) => !gone.includes(id));
    });
    const left = (id: string, devices: HomeDevice[]) => (gone.includes(id) ? [] : devices);
    const restOfB = left('b', ofB.slice(2));
    expect(idsIn(pages)).toEqual(idsFor([...ofA, ...ofB.slice(0, 2), ...restOfB, ...left('c', ofC), ...ofShared]));
  });

  it('are read once, in whatever order the families come', async () => {
    pair.simulator.home = home();
    const pages = await pagesOf(pair, 2, () => pair.simulator.home.families.reverse());
    expect(idsIn(pages).sort()).toEqual(idsFor([...ofA, ...ofB, ...ofC, ...ofShared]).sort());
  });

  it.each<[string, empty: number, read: HomeDevice[]]>([
    ['AppGetFamilyDeviceList', 3, [ofA, ofB, ofC].flatMap((devices) => devices.slice(0, 2)).concat(lamps(4, 90))],
    ['AppListUserShareDevices', 1, [...ofA, ...ofB, ...ofC, ...ofShared]],
  ])('go on after a page that holds nothing, whatever its Total says: %s', async (shortened, empty, read) => {
    pair.simulator.home = { ...home(), shared: lamps(4, 90) };
    pair.simulator.override = ({ action, body }, response) => {
      if (action !== shortened || Number(body.Offset) < 2) return false;
      const Response = { DeviceList: [], ShareDevices: null, Total: 99, RequestId: body.RequestId };
      response.end(JSON.stringify({ Response }));
      return true;
    };
    const pages = await pagesOf(pair, 2);
    expect(idsIn(pages)).toEqual(idsFor(read));
    expect(pages.filter(({ devices }) => devices.length === 0)).toHaveLength(empty);
  });

  it.each<[string, (listed: unknown[]) => object]>([
    ['a Total that grows', (listed) => ({ Total: listed.length * 1e6 })],
    ['no Total', () => ({})],
    ['a Total that is none', () => ({ Total: 'many' })],
  ])('end even with pages that never do: %s', async (_name, totalOf) => {
    const names: Record<string, string> = { AppGetFamilyList: 'FamilyList', AppGetFamilyDeviceList: 'DeviceList' };
    pair.simulator.override = ({ action, body }, response) => {
      const rows = Array.from({ length: 50 }, (_, i) =>
        action === 'AppGetFamilyList'
          ? { FamilyId: i > 1 ? 'a b' : `f${i}` }
          : { ProductId: PRODUCT, DeviceName: `lamp-${i}` },
      );
      const list = { [names[action] ?? 'ShareDevices']: rows, ...totalOf(rows) };
      response.end(JSON.stringify({ Response: { ...list, RequestId: body.RequestId } }));
      return true;
    };
    const pages = await pagesOf(pair);
    expect(pages).toHaveLength(20 + 20 + 11);
    expect(pair.simulator.received.filter(({ action }) => action === 'AppListUserShareDevices')).toHaveLength(11);
  });
});

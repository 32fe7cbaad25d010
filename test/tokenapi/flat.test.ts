// Ids that are made here: of the form that others expect, and no two alike.

import { flatUUID } from '../../src/tokenapi/flat';

const COUNT = 20_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a UUID is one of version 4, and each is another one', () => {
  const all = Array.from({ length: COUNT }, flatUUID);
  expect(all.filter((uuid) => !UUID.test(uuid))).toEqual([]);
  expect(new Set(all).size).toBe(COUNT);
});

test('each digit of a UUID that is not fixed is every digit about as often', () => {
  const all = Array.from({ length: COUNT }, flatUUID);
  const random = Array.from(all[0] as string, (_, place) => place).filter(
    (place) => ![8, 13, 14, 18, 19, 23].includes(place),
  );
  for (const place of random) {
    const counts = new Map<string, number>();
    for (const uuid of all) counts.set(uuid.charAt(place), (counts.get(uuid.charAt(place)) ?? 0) + 1);
    // 1,250 of each are expected, and 35 is their standard deviation.
    expect(counts.size).toBe(16);
    expect(Math.min(...counts.values())).toBeGreaterThan(1000);
    expect(Math.max(...counts.values())).toBeLessThan(1500);
  }
  const variants = all.map((uuid) => uuid.charAt(19));
  for (const digit of '89ab') expect(variants.filter((one) => one === digit).length).toBeGreaterThan(4600);
});

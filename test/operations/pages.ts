// Pages of the user's devices, as an app reads them.

import type { Family, HomeDevice } from '../../src/simulator/home';
import { type Pair, PRODUCT, type RequestOptions } from '../pair';

const MY_DEVICES = `query ($first: Int! = 50, $after: String) { myDevices(first: $first, after: $after) {
  __typename ... on TokenApiError { code message requestId nextStep retryAfterMs }
  ... on MyDevicePage { devices { device { id } alias familyId familyName isShared } nextCursor totalCount }
} }`;

export interface Page {
  __typename: string;
  code?: string;
  devices: { device: { id: string }; familyId: string | null; isShared: boolean }[];
  nextCursor: string | null;
  totalCount: number | null;
}

export const lamps = (count: number, from = 0): HomeDevice[] =>
  Array.from({ length: count }, (_, i) => ({ productId: PRODUCT, name: `lamp-${from + i}` }));
export const family = (id: string, devices: HomeDevice[]): Family => ({ id, name: `Family ${id}`, role: 1, devices });

export async function pageOf(
  pair: Pair,
  variables: Record<string, unknown> = {},
  options?: RequestOptions,
): Promise<Page> {
  const { status, body } = await pair.ask(MY_DEVICES, variables, options);
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data.myDevices;
}

/** All pages. `between` is called before each further one. */
export async function pagesOf(
  pair: Pair,
  first = 50,
  between: (page: Page) => void = () => undefined,
): Promise<Page[]> {
  const pages = [await pageOf(pair, { first })];
  for (let last = pages[0]; last?.nextCursor; last = pages.at(-1)) {
    expect(pages.length).toBeLessThan(100);
    between(last);
    pages.push(await pageOf(pair, { first, after: last.nextCursor }));
  }
  return pages;
}

export const idsIn = (pages: Page[]) => pages.flatMap(({ devices }) => devices.map(({ device }) => device.id));
export const idsFor = (devices: HomeDevice[]) => devices.map(({ productId, name }) => `${productId}/${name}`);

/** What the platform was asked for. */
export const callsTo = ({ simulator }: Pair) =>
  simulator.received.map(({ action, body: { Offset, Limit } }) => [action, Offset, Limit]);

// A mini program page, from an empty folder: the example as the developer tools build it, in a runtime that has what a mini program has.

import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadedInMiniProgram, wx } from '../clients/miniProgram';
import { sectionOf, textOf } from '../docs/pages';
import { until } from '../pair';
import { Folder } from './folder';

const PACKAGE = 'firmware-gateway-client';

interface Page {
  data: Record<string, unknown>;
  setData(changes: object): void;
  onLoad(query: object): void;
  press(): void;
  onUnload(): void;
}

const { files, commands } = sectionOf('docs/clients.md', 'Mini programs');

let folder: Folder;
beforeAll(async () => {
  folder = await Folder.begun();
  await folder.run(commands.join('\n'));
  // Tools → Build npm: of each package whose package.json names a folder, that folder is copied.
  const from = join(folder.path, 'node_modules', PACKAGE);
  const { miniprogram } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  cpSync(join(from, miniprogram), join(folder.path, 'miniprogram_npm', PACKAGE), { recursive: true });
});
const open: Page[] = [];
afterEach(() => {
  for (const page of open.splice(0)) page.onUnload();
});
afterAll(() => folder?.close());

const inFolder = (path: string) => readFileSync(join(folder.path, path), 'utf8');

/** The page, as the mini program's framework makes one. */
function opened(query: object): Page & { shown: Record<string, unknown>[] } {
  const pages: Page[] = [];
  const globals = {
    wx: {
      ...wx,
      getStorageSync: () => '',
      getAppBaseInfo: () => ({ language: 'zh_CN' }),
    },
    Page: (page: Page) => pages.push(page),
  };
  folder.write(files);
  loadedInMiniProgram(join(folder.path, 'pages/lamp/lamp.js'), globals, join(folder.path, 'miniprogram_npm'));
  const shown: Record<string, unknown>[] = [];
  const setData = function (this: Page, changes: object) {
    const wrong = Object.entries(changes).filter(([, value]) => value === undefined);
    if (wrong.length > 0) throw new Error(`setData takes no undefined: ${wrong}`);
    this.data = { ...this.data, ...JSON.parse(JSON.stringify(changes)) };
    shown.push(this.data);
  };
  const [page] = pages;
  if (!page || pages.length > 1) throw new Error(`expected one page, and there are ${pages.length}`);
  const whole = Object.assign(page, { data: page.data ?? {}, setData, shown });
  whole.onLoad(query);
  open.push(whole);
  return whole;
}

it('is the example, and has the files that the developer tools look for', () => {
  expect(files).toEqual({ 'pages/lamp/lamp.js': textOf('examples/wechat/pages/lamp/lamp.js') });
  const { pages } = JSON.parse(inFolder('app.json'));
  expect(pages).toEqual(['pages/lamp/lamp']);
  expect(readdirSync(join(folder.path, 'pages/lamp')).sort()).toEqual([
    'lamp.js',
    'lamp.json',
    'lamp.wxml',
    'lamp.wxss',
  ]);
  expect(JSON.parse(inFolder('project.config.json'))).toMatchObject({
    compileType: 'miniprogram',
    appid: 'touristappid',
  });
  const { dependencies, devDependencies } = JSON.parse(inFolder('package.json'));
  expect([Object.keys(dependencies), Object.keys(devDependencies)]).toEqual([[PACKAGE], ['firmware-gateway']]);
});

it('confirms once, and moves a bar to the end', async () => {
  const page = opened({ deviceName: 'lamp-7' });
  await until(() => page.data.canPress === true);
  expect(page.data).toMatchObject({
    deviceName: 'lamp-7',
    version: '1.0.0',
    offered: '1.1.0',
    percent: null,
    said: '',
  });
  page.press();
  // At the demo's pace, for which people have the patience.
  while (page.data.state !== 'done') await pause(50);
  // The demo's devices are never used up: what is offered next is another version.
  expect(page.data).toMatchObject({ version: '1.1.0', offered: '1.2.0', said: '固件升级成功。' });
  const percents = page.shown.map(({ percent }) => percent).filter((percent) => percent !== null);
  expect(new Set(percents).size).toBeGreaterThan(2);
  expect(folder.sends('lamp-7')).toBe(1);
});

it('shows in its view what the page has set, and calls what the page has', async () => {
  const view = inFolder('pages/lamp/lamp.wxml');
  const page = opened({});
  const used = [...view.matchAll(/\{\{(.*?)\}\}/g)].flatMap(([, expression = '']) =>
    expression.replace(/'[^']*'|\bnull\b/g, '').match(/\w+/g),
  );
  await until(() => page.data.canPress === true);
  expect(used.filter((name) => !(name && name in page.data))).toEqual([]);
  expect(
    [...view.matchAll(/bind:\w+="(\w+)"/g)].filter(([, name]) => typeof page[name as keyof Page] !== 'function'),
  ).toEqual([]);
});

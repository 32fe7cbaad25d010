// A Node script, from an empty folder: it asks, confirms, and follows to the end.

import { sectionOf, textOf } from '../docs/pages';
import { Folder } from './folder';

const { files, commands } = sectionOf('docs/clients.md', 'The package');

let folder: Folder;
beforeAll(async () => {
  folder = await Folder.begun();
});
afterAll(() => folder?.close());

it('is the example', () => {
  expect(files).toEqual({ 'upgrade.mjs': textOf('examples/node/upgrade.mjs') });
});

it('confirms once, and tells every phase to the end', async () => {
  folder.write(files);
  expect(commands.at(-1)).toBe('node upgrade.mjs');
  const told = (await folder.run('node upgrade.mjs')).trim().split('\n');
  expect(told.some((line) => /^The device is downloading the firmware. \d+$/.test(line))).toBe(true);
  expect(told.at(-1)?.trim()).toBe('The upgrade is complete.');
  expect(folder.sends('lamp-3')).toBe(1);
});

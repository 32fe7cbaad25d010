// A supergraph with this subgraph in it, from an empty folder: what the page says is composed, run, asked, and followed to the end.

import { sectionOf } from '../docs/pages';
import { Folder } from './folder';

const { files, commands, shown } = sectionOf('docs/supergraph.md', 'From an empty folder');

let folder: Folder;
beforeAll(async () => {
  folder = await Folder.begun();
});
afterAll(() => folder?.close());

it('joins the devices with another subgraph, confirms once, and follows to the end', async () => {
  const [install = '', start = '', ...asked] = commands;
  folder.write(files);
  await folder.run(install);
  await folder.start(
    `${start}\nuntil curl -s http://localhost:4100/graphql; do sleep 0.2; done; echo; echo up; wait`,
    /^up$/m,
  );
  expect(asked).toHaveLength(shown.length);
  for (const [nth, command] of asked.entries()) {
    const printed = (await folder.run(command)).trim();
    expect(printed.slice(-(shown[nth] ?? '').length)).toBe(shown[nth]);
  }
  expect(folder.sends('lamp-8')).toBe(1);
});

// The Dockerfile, carried out without a container engine: each stage is a folder, and every COPY and RUN is done as written.
// What cannot be done so is listed, not forgotten. Run as `node build.mjs <folder>`; the folder gets an image.json.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const DOCKERFILE = join(ROOT, 'deploy/container/Dockerfile');

/** Instructions and their text, without comments and with long lines joined. */
export function instructionsFrom(dockerfile) {
  return dockerfile
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, text] = /^(\w+)\s+(.*)$/.exec(line);
      return { name, text };
    });
}

function build(into) {
  const image = { notDone: [], env: {}, stages: {} };
  let stage;
  const inStage = (path) => join(stage.dir, path.startsWith('/') ? path : join(stage.workdir, path));

  const steps = {
    ARG: () => undefined,
    FROM(text) {
      const [, base, name = 'final'] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(text);
      stage = { name, dir: join(into, name), workdir: '/' };
      image.stages[name] = stage;
      image.env = {};
      mkdirSync(stage.dir, { recursive: true });
      image.notDone.push(`FROM ${base}: no image can be had, this machine's Node.js ${process.version} stands in`);
    },
    WORKDIR(text) {
      stage.workdir = text;
      mkdirSync(inStage('.'), { recursive: true });
    },
    ENV(text) {
      for (const pair of text.split(/\s+/))
        image.env[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
    },
    COPY(text) {
      const words = text.split(/\s+/);
      const from = words[0].startsWith('--from=') ? image.stages[words.shift().slice('--from='.length)].dir : ROOT;
      const to = words.pop();
      for (const source of words) copy(join(from, source), inStage(to), to.endsWith('/') && source);
    },
    RUN(text) {
      const { PATH, HOME } = process.env;
      // The registry is the machine's business: what npm is told by its environment is passed on.
      const npm = Object.entries(process.env).filter(([name]) => /^npm_config_/i.test(name));
      const env = { PATH, HOME, ...Object.fromEntries(npm), ...image.env };
      execFileSync('sh', ['-c', text], { cwd: inStage('.'), env, stdio: ['ignore', 'ignore', 'inherit'] });
    },
    USER(text) {
      image.user = text;
    },
    EXPOSE(text) {
      image.notDone.push(`EXPOSE ${text}: there is no network of containers`);
    },
    HEALTHCHECK(text) {
      image.healthcheck = JSON.parse(/CMD (\[.*\])$/.exec(text)[1]);
    },
    ENTRYPOINT(text) {
      image.entrypoint = JSON.parse(text);
    },
  };

  for (const { name, text } of instructionsFrom(readFileSync(DOCKERFILE, 'utf8'))) {
    if (!steps[name]) throw new Error(`expected an instruction that can be carried out here, got ${name}`);
    steps[name](text);
  }
  image.app = join(stage.dir, stage.workdir);
  image.notDone = [...new Set(image.notDone)];
  writeFileSync(join(into, 'image.json'), JSON.stringify(image, null, 2));
}

/** A folder's content is copied; a file goes by its own name if the target is a folder. */
function copy(source, target, isIntoFolder) {
  if (!existsSync(source)) throw new Error(`expected ${source}, which the Dockerfile copies`);
  const isFolder = statSync(source).isDirectory();
  cpSync(source, isFolder || !isIntoFolder ? target : join(target, basename(source)), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build(process.argv[2]);

// Keeps the schema as that of the release being made: what later changes are compared with.

import { writeFileSync } from 'node:fs';
import { current, LAST_RELEASE } from './breaking.mjs';

writeFileSync(LAST_RELEASE, `# ${current.version}\n${current.sdl}`);

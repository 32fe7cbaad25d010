import type { Section } from '../report';
import type { Run } from '../run';
export async function redisStates(_run: Run, _section: Section): Promise<void> {}

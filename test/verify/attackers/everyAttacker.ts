import { answerAttackers } from './answers';
import type { Attacker } from './attacker';
import { connectionAttackers } from './connections';
import { documentAttackers } from './documents';
import { platformAttackers } from './platform';
import { tokenAttackers } from './tokens';

export const everyAttacker: readonly Attacker[] = [
  ...documentAttackers,
  ...answerAttackers,
  ...platformAttackers,
  ...tokenAttackers,
  ...connectionAttackers,
];

// How long, and how often, a press looks for an answer that another replica is about to write.

export const LOOK_EVERY_MS = 50;
/** Presses of the same moment end at the same moment: so much longer an answer is waited for that is being written just then. */
export const LAST_LOOK_MS = 100;

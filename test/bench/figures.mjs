// Medians, spreads and ratios, and how they are written.

/** `{ median, min, max }` of a list. */
export function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** The spread of one figure over the rounds. */
export const spreadOver = (rounds, figure) => spreadOf(rounds.map((round) => round[figure]));

/** The spread of the ratios of one round to the reference's figure in the same round. */
export const ratiosOver = (rounds, reference, figure) =>
  spreadOf(rounds.map((round, i) => round[figure] / reference[i][figure]));

const digits = { ratio: 2, whole: 0, ms: 2 };

/** Such as `0.72 (0.70–0.75)`. */
export function written({ median, min, max }, kind = 'ratio') {
  const text = (value) => value.toFixed(digits[kind]);
  return `${text(median)} (${text(min)}–${text(max)})`;
}

/** How a figure stands to its target, such as `0.62, target ≥ 0.70: below`. Measured, never asserted. */
export function verdict(what, value, target, atLeast, kind = 'ratio') {
  const reached = atLeast ? value >= target : value <= target;
  const end = reached ? 'reached' : atLeast ? 'below' : 'above';
  return {
    what,
    value,
    target,
    atLeast,
    kind,
    reached,
    text: `${value.toFixed(digits[kind])}, target ${atLeast ? '≥' : '≤'} ${target.toFixed(digits[kind])}: ${end}`,
  };
}

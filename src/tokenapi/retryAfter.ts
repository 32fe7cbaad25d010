// The pause that the platform asks for in `Retry-After`: seconds or an HTTP date, within bounds, since it comes from anything in between.

const LEAST_MS = 1000;
/** Longest pause that the platform can ask for. */
export const RETRY_AFTER_LIMIT_MS = 60_000;

const SECONDS = /^\d+$/;
/** How every form of an HTTP date begins: `Date.parse` alone would take almost any text for one. The oldest form says no GMT and means it. */
const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? /;

/** Milliseconds within the bounds; undefined if it is neither. */
export function retryAfterMsFrom(header: string | undefined): number | undefined {
  const ms = askedMs(header?.trim() ?? '');
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, LEAST_MS), RETRY_AFTER_LIMIT_MS);
}

function askedMs(text: string): number {
  if (SECONDS.test(text)) return Number(text) * 1000;
  if (!WEEKDAY.test(text)) return Number.NaN;
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) - Date.now();
}

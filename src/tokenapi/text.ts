// The platform's words before they are repeated to anyone: bounded and well-formed.

export const TEXT_LIMIT_CHARACTERS = 500;

export const bounded = (text: string, limit: number = TEXT_LIMIT_CHARACTERS): string =>
  text.length > limit ? copyOf(text.slice(0, limit)) : text.toWellFormed();

/** V8 keeps the whole of a text for as long as a part of it lives, and parts are remembered for minutes. */
const copyOf = (part: string): string => Buffer.from(part).toString();

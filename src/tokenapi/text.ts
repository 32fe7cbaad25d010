// The platform's words before they are repeated to anyone: bounded and well-formed.

export const TEXT_LIMIT_CHARACTERS = 500;

export const bounded = (text: string, limit: number = TEXT_LIMIT_CHARACTERS): string =>
  (text.length > limit ? text.slice(0, limit) : text).toWellFormed();

// The platform's words before they are repeated to anyone: bounded, well-formed, and without the user's token.

const TEXT_LIMIT_CHARACTERS = 500;
/** Anything shorter is a test's token, and a part of ordinary words. */
const TOKEN_WORTH_REDACTING_CHARACTERS = 8;

/** An upstream text, at most `limit` characters, with the token taken out. Empty if it is no string. */
export function textFrom(value: unknown, token: string, limit: number = TEXT_LIMIT_CHARACTERS): string {
  if (typeof value !== 'string') return '';
  const text = withoutToken(value, token, '[redacted]');
  return (text.length > limit ? text.slice(0, limit) : text).toWellFormed();
}

export function withoutToken(text: string, token: string, placeholder: string): string {
  return token.length >= TOKEN_WORTH_REDACTING_CHARACTERS && text.includes(token)
    ? text.replaceAll(token, placeholder)
    : text;
}

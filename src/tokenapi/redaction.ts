// The user's token, taken out of what the platform says before it is repeated to anybody. An answer is understood first: a token may
// be any word, and a word of the envelope among them.

/** Shorter tokens are not redacted: replacing one would damage ordinary words that contain it. */
const REDACTED_TOKEN_LEAST_CHARACTERS = 8;

/** A text without the token. */
export type Redact = (text: string) => string;

const asItIs: Redact = (text) => text;

/** @param body the answer as it came, from which the texts are: in JSON every character may be escaped */
export function redactFor(token: string, body: string): Redact {
  // Stryker disable next-line ConditionalExpression,StringLiteral: a shortcut for an answer without the token.
  if (token.length < REDACTED_TOKEN_LEAST_CHARACTERS || !(body.includes(token) || body.includes('\\'))) return asItIs;
  return (text) => text.replaceAll(token, '[redacted]');
}

/** Takes the token out of every text of a JSON value, but for members with these names. */
export function redactTexts(value: object, redact: Redact, except: ReadonlySet<string> | undefined): void {
  // Stryker disable next-line ConditionalExpression: a shortcut, as above.
  if (redact === asItIs) return;
  // A list rather than a recursion: 64 KiB can be nested deeper than the stack is.
  const holders = [value as Record<string, unknown>];
  for (const holder of holders)
    for (const [name, member] of Object.entries(holder))
      if (typeof member === 'string') {
        if (!except?.has(name)) holder[name] = redact(member);
      } else if (typeof member === 'object' && member !== null) holders.push(member as Record<string, unknown>);
}

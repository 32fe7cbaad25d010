// What an answer holds at most, in both lanes: entries in `errors`, and bytes of data.

import { ERRORS_LIMIT } from '../graph/device';

/** Of the data of a query's answer. A mutation's is bounded before it is executed, so that no answer hides what became of a confirm. */
export const ANSWER_BYTES_LIMIT = 8_388_608;

/** What is answered in place of data that is too large. */
export const TOO_LARGE = {
  status: 400,
  result: {
    errors: [
      {
        message: `The answer has more than ${ANSWER_BYTES_LIMIT} bytes; ask for less at once.`,
        extensions: { code: 'ANSWER_TOO_LARGE' },
      },
    ],
  },
};

/** The errors that are answered; a null without an entry is one of the others. */
export const answeredOf = <Entry>(errors: readonly Entry[]): readonly Entry[] =>
  errors.length > ERRORS_LIMIT ? errors.slice(0, ERRORS_LIMIT) : errors;

export const isTooLarge = (data: unknown): boolean => bytesLeft(data, ANSWER_BYTES_LIMIT) < 0;

/** What a value leaves of so many bytes as JSON. Less than 0 as soon as they are too few: it is not looked at further. */
function bytesLeft(value: unknown, bytes: number): number {
  if (typeof value !== 'object' || value === null) return bytes - Buffer.byteLength(JSON.stringify(value) ?? '');
  const isList = Array.isArray(value);
  let left = bytes - 1;
  for (const [name, member] of Object.entries(value)) {
    if (left < 0) return left;
    left = bytesLeft(member, left - 1 - (isList ? 0 : name.length + 3));
  }
  return left;
}

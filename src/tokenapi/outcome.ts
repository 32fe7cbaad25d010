// An error that is an outcome and no bug. Outcomes are thrown by the thousand, and the stack that an error notes costs more than
// everything else about one.

export abstract class Outcome extends Error {
  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

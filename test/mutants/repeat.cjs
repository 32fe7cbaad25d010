// A mutant fails a test each time. A test that fails once on a busy machine has killed nothing, and would only raise the score.

jest.retryTimes(2, { retryImmediately: true });

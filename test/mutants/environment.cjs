// Node, for the tests of a mutant: the first test that fails, its repeats included, has killed it, so the rest of its file is skipped.

const { TestEnvironment } = require('jest-environment-node');

module.exports = class MutantEnvironment extends TestEnvironment {
  handleTestEvent({ name, test }) {
    if (name !== 'test_start') return;
    this.hasFailed ||= test !== this.previous && this.previous?.errors.length > 0;
    if (this.hasFailed) test.mode = 'skip';
    this.previous = test;
  }
};

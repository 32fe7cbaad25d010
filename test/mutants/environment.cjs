// Node, for the tests of a mutant: the first test that fails, its repeats included, has killed it, so the rest of its file is skipped.
// A gateway that such a test leaves open must not wake up during the tests of the next mutant.

const { TestEnvironment } = require('jest-environment-node');

module.exports = class MutantEnvironment extends TestEnvironment {
  timers = [];

  constructor(...given) {
    super(...given);
    const { setTimeout } = this.global;
    this.global.setTimeout = (...wanted) => {
      const timer = setTimeout(...wanted);
      this.timers.push(timer);
      return timer;
    };
  }

  handleTestEvent({ name, test }) {
    if (name !== 'test_start') return;
    this.hasFailed ||= test !== this.previous && this.previous?.errors.length > 0;
    if (this.hasFailed) test.mode = 'skip';
    this.previous = test;
  }

  async teardown() {
    for (const timer of this.timers) clearTimeout(timer);
    await super.teardown();
  }
};

// jest's own runner of test files, but for mutants: it loads no file without a test that can see the mutant, begins with the files
// that find most, and stops at the first failure. Without it each mutant would load the gateway as often as there are test files.

const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { default: TestRunner } = require('jest-runner');

/** How many mutants each test file has killed in this process. */
const kills = new Map();
const killsOf = ({ path }) => kills.get(path) ?? 0;

/** What breaks outside the tests, such as a hook after the last, has killed a mutant as well. Stryker counts tests alone. */
function blameFirstTest([, result]) {
  if (!result.testExecError) return;
  Object.assign(result.testResults[0], { status: 'failed', failureMessages: [result.testExecError.stack] });
  result.numFailingTests++;
  result.testExecError = undefined;
}

module.exports = class MutantRunner extends TestRunner {
  constructor(...given) {
    super(...given);
    // Before jest itself hears of the result.
    this.on('test-file-success', blameFirstTest);
  }

  async runTests(tests, watcher, options) {
    const { testNamePattern, rootDir } = this._globalConfig;
    // Stryker's first run has no mutant and runs all tests. It notes which tests each file has.
    const notes = join(rootDir, 'testNames.json');
    if (!existsSync(notes)) {
      const names = {};
      this.on('test-file-success', ([{ path }, { testResults }]) => {
        names[path] = testResults.map(({ fullName }) => fullName);
      });
      await super.runTests(tests, watcher, options);
      writeFileSync(notes, JSON.stringify(names));
      return;
    }
    const names = JSON.parse(readFileSync(notes, 'utf8'));
    const canSee = new RegExp(testNamePattern ?? '', 'i');
    let isKilled = false;
    this.on('test-file-success', ([, { numFailingTests }]) => {
      isKilled = numFailingTests > 0;
    });
    for (const test of tests.sort((a, b) => killsOf(b) - killsOf(a))) {
      if (!names[test.path].some((name) => canSee.test(name))) continue;
      await super.runTests([test], watcher, options);
      if (!isKilled) continue;
      kills.set(test.path, killsOf(test) + 1);
      return;
    }
  }
};

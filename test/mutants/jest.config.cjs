// The project's own way of running tests, for mutants: only tests whose gateway runs inside jest's process, where the mutants are.

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { jest } = require('../../package.json');

const test = join(__dirname, '..');

/** A gateway that is a process of its own runs from dist/, in which nothing is mutated. */
const ofProcesses = readdirSync(test, { recursive: true })
  .filter((name) => name.endsWith('.test.ts') && readFileSync(join(test, name), 'utf8').includes('gatewayProcess'))
  .map((name) => `<rootDir>/test/${name}`);

module.exports = {
  ...jest,
  rootDir: '../..',
  testEnvironment: require.resolve('./environment.cjs'),
  setupFilesAfterEnv: ['<rootDir>/test/mutants/repeat.cjs'],
  runner: '<rootDir>/test/mutants/runner.cjs',
  // The longest test takes 5 s. One that takes twice as long hangs, and fails by it.
  testTimeout: 10_000,
  testPathIgnorePatterns: [
    ...jest.testPathIgnorePatterns,
    ...ofProcesses,
    // These test nothing that is mutated.
    '<rootDir>/test/(demo|docs|explorer|generate|simulator)/',
    '<rootDir>/test/graph/errors.test.ts',
    '<rootDir>/test/engine/(resolveDirectly|schema).test.ts',
    '<rootDir>/test/(clientSettings|config|structure).test.ts',
    // Thousands of requests, and real time-outs of ten seconds, take too long.
    '<rootDir>/test/engine/(fastLane|sequences).test.ts',
    '<rootDir>/test/http/servers.test.ts',
  ],
};

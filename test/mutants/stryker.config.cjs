// Mutation tests of the files that keep the promise: Stryker changes one expression after another, and a test has to fail each time.
// `npm run mutants`, or for some files `npm run mutants -- --mutate src/tokenapi/answer.ts`.

module.exports = {
  mutate: [
    'src/confirms/**/*.ts',
    // Against Redis, which the tests of this run do not start.
    '!src/confirms/store/redis.ts',
    'src/tokenapi/{answer,client,wire,exchange,breaker,admission,codes,errors}.ts',
    'src/engine/{limits,documents}.ts',
    'src/context/loaders.ts',
  ],
  thresholds: { high: 95, low: 90, break: 90 },

  testRunner: 'jest',
  // runner.cjs knows better than the imports which test files a mutant needs.
  jest: { configFile: 'test/mutants/jest.config.cjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  // Regular expressions, tables and what a gateway does when it starts run outside every test. All tests are run for each of these.
  ignoreStatic: false,
  concurrency: 2,
  // A mutant that hangs counts as killed. Loops are counted and ended by Stryker, tests by their own limit in jest.config.cjs;
  // these end what neither reaches, and must not end a run that is only slow.
  timeoutMS: 60_000,
  timeoutFactor: 3,
  // What hung may hold a port, a timer or memory until its process ends.
  maxTestRunnerReuse: 50,

  // The wording of an error is free: tests hold its type and its code.
  appendPlugins: ['./test/mutants/errorMessages.cjs'],
  ignorers: ['error-messages'],

  // The copy of the project lies inside it, and so finds node_modules above itself.
  tempDirName: 'artefacts/mutants',
  symlinkNodeModules: false,
  ignorePatterns: [
    '/*',
    '!/package.json',
    '!/tsconfig.json',
    '!/schema.graphql',
    '!/src',
    '!/test',
    '/test/*/node_modules',
  ],

  reporters: ['progress-append-only', 'clear-text', 'html'],
  clearTextReporter: { allowEmojis: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'artefacts/mutants.html' },
};

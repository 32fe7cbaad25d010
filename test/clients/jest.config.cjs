// The project's own way of running tests, here: the gateway runs from its sources, over a running simulator.

const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  roots: ['<rootDir>'],
  testPathIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: [],
  // What apps copy from clients/ imports the client libraries, which are installed here.
  modulePaths: ['<rootDir>/node_modules'],
};

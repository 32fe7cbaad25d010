// The project's own way of running tests, here. What an app needs is installed in its folder, and only the browser's driver here.

const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  roots: ['<rootDir>'],
  testPathIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: [],
  testTimeout: 180_000,
};

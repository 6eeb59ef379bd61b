import base from '../../jest.config.js';

/** What people see, in a real browser. Run by main.ts, which builds the pages and finds the browser. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/browser/suites/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // Each has a browser and a process of Detent of its own.
  maxWorkers: 2,
  testTimeout: 60_000,
};

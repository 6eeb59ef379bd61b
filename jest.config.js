export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // These need an emulator of AWS, npm run test:aws, and a browser, npm run test:browser.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/aws/suites/', '<rootDir>/test/browser/suites/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  coverageProvider: 'v8',
  coverageReporters: ['text', 'json-summary'],
  collectCoverageFrom: ['{core,flows,api,adapters,lambdas,local,operations,infra}/**/*.ts'],
  testSequencer: '<rootDir>/test/support/sequencer.js',
  modulePathIgnorePatterns: ['<rootDir>/cdk.out/', '<rootDir>/dist/', '<rootDir>/.emulator/'],
};

/** The tests against an emulator of AWS: `npm run test:aws`. One after the other, for they share one deployment. */
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/aws/suites/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  maxWorkers: 1,
  testSequencer: '<rootDir>/test/aws/sequencer.js',
  testTimeout: 120_000,
  modulePathIgnorePatterns: ['<rootDir>/cdk.out/', '<rootDir>/dist/', '<rootDir>/.emulator/'],
};

/** What the build runs, in order; `.ci/run`, the workflow, README.md and CONTRIBUTING.md say the same, and a test compares them. */
import { readFileSync } from 'node:fs';

export const INSTALL = 'npm ci';
export const VERIFY = [
  'npm test',
  'npm run test:browser',
  'npm run test:aws',
  'npm run check',
  'npm run bench -- --quick',
];
export const SYNTH = 'npm run synth:pipeline';

/** @param url a shell expression. */
export const smokeAt = (url: string): string => `npm run smoke -- "${url}"`;

/** @param stack a shell expression. */
export const checkDefinitionsOf = (stack: string): string =>
  `npm run check:definitions -- --stack "${stack}"`;

/** The version of the CDK that the project has installed: the pipeline renews itself with the same. */
export const cdkVersion = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).devDependencies['aws-cdk'];

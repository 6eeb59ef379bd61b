/** Bundles as they would be deployed: each stands alone, and holds no more than it uses. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundle, entries } from '../../infra/bundle.ts';
import { environment } from '../lambdas/support.ts';
import { temporaryFolder } from '../support/tables.ts';

const folder = temporaryFolder();
const fileOf = (entry: string): string => join(folder.path, entry, 'index.mjs');

beforeAll(() => bundle(folder.path), 30_000);
afterAll(() => folder.remove());

test('every entry point has a bundle that loads by itself and exports a handler', async () => {
  const files = entries().map((entry) => pathToFileURL(fileOf(entry)).href);
  const script = `for (const file of ${JSON.stringify(files)}) console.log(typeof (await import(file)).handler)`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder.path,
    env: { ...process.env, ...environment },
  });
  expect(stdout.trim().split('\n')).toEqual(entries().map(() => 'function'));
}, 20_000);

test('what needs no table brings no DynamoDB', () => {
  const speaksDynamo = (entry: string) => readFileSync(fileOf(entry), 'utf8').includes('TransactWriteItems');
  expect(entries().filter((entry) => !speaksDynamo(entry))).toEqual([
    'actions/mint-session',
    'init-signing-key',
  ]);
});

test('no bundle has more than 800 kB: a cold start reads all of it', () => {
  for (const entry of entries()) expect(readFileSync(fileOf(entry)).length).toBeLessThan(800_000);
});

/** Bundles as they would be deployed: each stands alone, and holds no more than it uses. */
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import budget from '../../bench/cold-budget.json' with { type: 'json' };
import { bundle, bundleEntry, type Contents, entries } from '../../infra/bundle.ts';
import { environment } from '../lambdas/support.ts';
import { temporaryFolder } from '../support/tables.ts';

const folder = temporaryFolder();
const fileOf = (entry: string): string => join(folder.path, entry, 'index.mjs');
const plain = fileURLToPath(new URL('../lambdas/fixtures/plain-action.ts', import.meta.url));
let contents: { [entry: string]: Contents };

beforeAll(async () => {
  contents = await bundle(folder.path);
  contents['plain'] = await bundleEntry(plain, fileOf('plain'));
}, 120_000);
afterAll(() => folder.remove());

/** The packages of which there is something in a bundle. */
const packagesIn = (entry: string): string[] => {
  const names = Object.entries(contents[entry] ?? {}).flatMap(([file, bytes]) => {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
    return name !== undefined && bytes > 0 ? [name] : [];
  });
  return [...new Set(names)].sort();
};
const clientsIn = (entry: string): string[] =>
  packagesIn(entry).flatMap((name) => /^@aws-sdk\/client-(.+)/.exec(name)?.[1] ?? []);

test('every entry point has a bundle that loads by itself and exports a handler', async () => {
  const files = entries().map((entry) => pathToFileURL(fileOf(entry)).href);
  const script = `for (const file of ${JSON.stringify(files)}) console.log(typeof (await import(file)).handler)`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder.path,
    env: { ...process.env, ...environment },
  });
  expect(stdout.trim().split('\n')).toEqual(entries().map(() => 'function'));
}, 20_000);

test('the login page lies beside the bundle of the API, which serves it', async () => {
  const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(fileOf('api')).href)});
    const event = { version: '2.0', rawPath: '/', rawQueryString: '', headers: { host: 'api.example' }, requestContext: { http: { method: 'GET', path: '/', sourceIp: '192.0.2.1' } } };
    const answer = await handler(event, { awsRequestId: 'one', functionName: 'api' });
    console.log(JSON.stringify({ status: answer.statusCode, type: answer.headers['content-type'], body: answer.body }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder.path,
    env: { ...process.env, ...environment },
  });
  const answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(answer).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
  // Whatever it names is there, and nothing of the demonstration is.
  const named = [...answer.body.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, file]) => file);
  expect(named.length).toBeGreaterThan(1);
  for (const file of named) expect(existsSync(join(folder.path, 'api/pages', file))).toBe(true);
  expect(answer.body).not.toMatch(/demo|inspect|beside"/);
}, 20_000);

test('every entry point has a budget', () => {
  expect(Object.keys(budget.functions)).toEqual(entries());
});

type Limits = { bytes: number; clients: string[]; stripe?: boolean };

describe.each(Object.entries<Limits>(budget.functions))('%s', (entry, { bytes, clients, stripe = false }) => {
  test('is no larger than its budget, bench/cold-budget.json: a cold start reads all of it', () => {
    expect(statSync(fileOf(entry)).size).toBeLessThanOrEqual(bytes);
  });

  test('brings the clients of the services that it calls, and no others', () => {
    expect(clientsIn(entry)).toEqual(clients);
    expect(packagesIn(entry).includes('stripe')).toBe(stripe);
  });
});

test('an action that reaches nothing brings no SDK', () => {
  expect(statSync(fileOf('plain')).size).toBeLessThanOrEqual(budget.plain.bytes);
  expect(packagesIn('plain').filter((name) => /^@(aws-sdk|smithy)\/|xray/.test(name))).toEqual([]);
  expect(packagesIn('plain')).toEqual(expect.arrayContaining(['@middy/core', 'zod']));
});

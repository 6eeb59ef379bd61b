/** What the browser is given: little, from one place, under a strict policy. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { CONTENT_SECURITY_POLICY } from '../../../api/pages.ts';
import { heading, signingIn } from '../support/login.ts';

const { open, seen, signedIn } = signingIn();
const built = resolve(import.meta.dirname, '../../../dist/client/login');

/** Bytes, compressed as they are served. */
const BUDGET = 40_000;

test('all script of the login page is at most 40 kB', () => {
  const scripts = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  const size = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(resolve(built, name))).length, 0);
  expect(size).toBeGreaterThan(1_000);
  expect(size).toBeLessThanOrEqual(BUDGET);
});

test('the page is served under a policy that lets nothing in from elsewhere, and keeps to it', async () => {
  const page = await open();
  const response = await page.request.get('/');
  expect(response.headers()['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|data:|https?:/);
  // Under it, what an attacker would bring does not run.
  await page.evaluate(
    "document.body.append(Object.assign(document.createElement('img'), { src: '/assets/none.svg' }))",
  );
  await expect(page.evaluate("document.body.setHTMLUnsafe('<b>x</b>')")).rejects.toThrow('TrustedHTML');
  seen(page).errors.splice(0);
});

test('a whole login asks nobody else, and breaks no rule of the policy', async () => {
  const { page } = await signedIn();
  await page.reload();
  await heading(page, 'You are signed in');
  expect(seen(page)).toMatchObject({ errors: [], elsewhere: [] });
});

import { expect, test } from '@jest/globals';
import { inBrowser, violations } from '../support/browser.ts';

const { page } = inBrowser();

test('opens', async () => {
  const login = await page('/');
  expect(await login.title()).toBe('Sign in');
  expect(await violations(login)).toEqual([]);
});

/** What is beside the login page: words, the phone, what can be broken, and the login as the inspector sees it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from '../../support/http.ts';
import { dark, fits, inBrowser, phone, violations } from '../support/browser.ts';
import { breaks, heal, moves, press, says, stages, watched } from '../support/demo.ts';
import { picture } from '../support/picture.ts';

// All of these tests send to one phone.
const browsing = inBrowser({ SMS_QUOTA_PER_PHONE: '100', SMS_QUOTA_PER_PHONE_DAY: '100' });
const { page: open, detent } = browsing;
afterEach(() => heal(browsing));

let page: Page;
beforeEach(async () => {
  page = await open('/');
  await page.locator('.world select').first().waitFor();
});

/** As a visitor does: everything is filled in by a press. */
async function signIn(): Promise<void> {
  await press(page, 'Fill in');
  await press(page.locator('#login'), 'Continue');
}

async function atCode(): Promise<void> {
  await signIn();
  await page.getByRole('heading', { name: 'Enter the code', exact: true }).waitFor();
}

/** Waits for so many SMS on the phone. */
const sms = (count: number) =>
  page
    .locator('.message')
    .nth(count - 1)
    .waitFor();

const sent = async (): Promise<{ body: string }[]> =>
  (await detent().get('/dev/sms')).body['messages'] as unknown as { body: string }[];
const counted = async (): Promise<number> => (await sent()).length;

/** Waits until more than so many have been sent, and the phone shows the last of them first: others' codes are there too. */
async function smsAfter(before: number): Promise<void> {
  const messages = await eventually(sent, ({ length }) => length > before, 20_000);
  await page
    .locator('.message:first-child')
    .filter({ hasText: messages.at(-1)?.body ?? '' })
    .waitFor();
}

// The first of all: one SMS on the phone.
test('a picture', async () => {
  await page.setViewportSize({ width: 1280, height: 860 });
  await atCode();
  await sms(1);
  await page.evaluate('scrollTo(0, 0)');
  await picture(page, 'demo-login');
});

test('it says what can be tried, and leads there', async () => {
  const words = page.getByRole('region', { name: 'Try it' });
  const links = await words
    .getByRole('link')
    .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  expect(links).toEqual(['/demo/payments', '/demo/shop', '/inspect']);
  for (const word of ['demo', 'correct-horse-battery', 'phone', 'kill Detent']) await says(words, word);
});

test('everything can be filled in: from the password over the SMS on the phone to a session', async () => {
  const before = await counted();
  await atCode();
  await smsAfter(before);
  await press(page.locator('.phone'), 'Fill in the code');
  await press(page.locator('#login'), 'Sign in');
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
});

test('what has no field now is said, and not passed over', async () => {
  await atCode();
  await press(page, 'Fill in');
  await says(page, 'The login is past that: there is no field for it now.');
  await sms(1);
  await page.evaluate('sessionStorage.clear()');
  await page.reload();
  await sms(1);
  await press(page.locator('.phone'), 'Fill in the code');
  await says(page.locator('.phone'), 'Sign in first: there is no field for it now.');
  await signIn();
  await page.locator('.phone .said:empty').waitFor({ state: 'attached' });
});

test('the phone shows an SMS as it comes, whoever asked for it', async () => {
  await detent().post('/dev/users', { username: 'other', password: 'pass phrase', phone: '+15555550199' });
  await detent().post('/logins', { username: 'other', password: 'pass phrase' });
  await says(page.locator('.phone'), 'to +15555550199');
});

test('the phone network refuses: the login page says that no SMS can come', async () => {
  await stages(page, 'The phone network refuses');
  const before = await counted();
  await signIn();
  await page.getByRole('heading', { name: 'The code could not be sent' }).waitFor();
  expect(await counted()).toBe(before);
});

test('the phone network loses its answers: the SMS comes again, with the same code', async () => {
  await stages(page, 'The phone network loses its answers');
  const before = await counted();
  await atCode();
  await smsAfter(before);
  await press(page, 'Make the world well again');
  await says(page.locator('.world'), 'All is well again.');
  await moves(page, '+1 min');
  const codes = async () =>
    (await page.locator('.message > p:first-child').allTextContents()).map((body) => body.slice(0, 6));
  await eventually(codes, ([first, second]) => first !== undefined && first === second, 20_000);
  expect(await counted()).toBe(before + 2);
});

test('too slow: the login page looks again once the clock has moved, and the code has expired', async () => {
  await atCode();
  await page.evaluate('addEventListener("detent:refresh", () => { document.title = "it looks again"; })');
  await moves(page, '+5 min');
  expect(await page.title()).toMatch(/it looks again|expired/);
  await page.getByRole('heading', { name: 'The code has expired' }).waitFor({ timeout: 20_000 });
});

test('the key is away: the code is not used up', async () => {
  await stages(page, 'The key is away');
  const before = await counted();
  await atCode();
  await smsAfter(before);
  await press(page.locator('.phone'), 'Fill in the code');
  await press(page.locator('#login'), 'Sign in');
  await says(page.locator('#login'), 'A service that we need is down.');
  await press(page, 'Make the world well again');
  await says(page.locator('.world'), 'All is well again.');
  await press(page.locator('#login'), 'Sign in');
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
});

test('the login of the page is shown as the inspector sees it, live, and again after a reload', async () => {
  await says(page.locator('.watch'), 'Sign in, and the way of your login is drawn here.');
  await atCode();
  await page.locator('.watch summary').first().click();
  await watched(page, 'WaitForOtpInput');
  await moves(page, '+5 min');
  await watched(page, 'OtpExpired');
  const href = await page
    .locator('.watch')
    .getByRole('link', { name: 'In the inspector' })
    .getAttribute('href');
  expect(href).toMatch(/^\/inspect#\/mfa-login\/[\w-]{20,}$/);
});

test('a login that goes on after a reload is found again', async () => {
  await atCode();
  await page.reload();
  await page.locator('.watch').getByRole('link', { name: 'In the inspector' }).waitFor();
});

describe('for everybody', () => {
  test.each([
    ['light', {}],
    ['dark', dark],
  ])('without barriers: %s', async (_name, options) => {
    page = await open('/', options);
    await page.locator('.world select').first().waitFor();
    await atCode();
    await sms(1);
    await breaks(page, 'The card gateway', 'is overloaded');
    await page.locator('.watch summary').first().click();
    await page.locator('.watch .instance .machine').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('fits a narrow phone', async () => {
    page = await open('/', phone);
    await page.locator('.world select').first().waitFor();
    await atCode();
    await sms(1);
    for (const summary of await page.locator('#beside details > summary').all()) await summary.click();
    expect(await fits(page)).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  answer,
  asksAtOnce,
  field,
  giveCode,
  givePassword,
  heading,
  press,
  refresh,
  shows,
  signingIn,
} from '../support/login.ts';

const {
  open,
  atCode,
  signedIn,
  newPerson,
  code,
  wrongCode,
  sms,
  asked,
  loginIds,
  messages,
  detent,
  seen,
  advance,
} = signingIn();

/** Reloads while a request is under way: the API has heard it, and the page never hears the answer. */
async function reloadBeforeAnswer(page: Page, path: RegExp, act: () => Promise<void>): Promise<void> {
  const heard = Promise.withResolvers<void>();
  let isFirst = true;
  await page.route(path, async (route) => {
    if (!isFirst) return route.fallback();
    isFirst = false;
    await route.fetch();
    heard.resolve();
  });
  await act();
  await heard.promise;
  await page.reload();
}

describe('a reload', () => {
  test('at the code sends no second SMS and loses nothing, not even what was counted', async () => {
    const { page, person } = await atCode();
    await giveCode(page, await wrongCode(person));
    await shows(page, '2 attempts are left.');
    await page.reload();
    await heading(page, 'Enter the code');
    await shows(page, /Valid for \d:\d\d · 2 attempts left/);
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    expect(asked(page).filter((one) => one === 'POST /logins')).toHaveLength(1);
    expect(await messages(person)).toHaveLength(1);
    expect(loginIds(page)).toHaveLength(1);
  });

  test('leaves who is signed in signed in, and who is signed out signed out', async () => {
    const { page, person } = await signedIn();
    await page.reload();
    await heading(page, 'You are signed in');
    await shows(page, person.username);
    await press(page, 'Sign out');
    await heading(page, 'You are signed out');
    await page.reload();
    await heading(page, 'You are signed out');
  });

  test('while the password is checked: the same credentials find the login that was begun', async () => {
    const person = await newPerson();
    const page = await open();
    await reloadBeforeAnswer(page, /\/logins$/, () => givePassword(page, person));
    await heading(page, 'Sign in');
    await shows(page, 'Your last sign-in had no answer.');
    expect(await field.username(page).inputValue()).toBe(person.username);
    expect(await field.password(page).inputValue()).toBe('');
    await givePassword(page, person);
    await heading(page, 'Enter the code');
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    expect(await messages(person)).toHaveLength(1);
  });

  test('while the password is checked: other credentials begin another login', async () => {
    const [page, first, second] = await Promise.all([open(), newPerson(), newPerson()]);
    await reloadBeforeAnswer(page, /\/logins$/, () => givePassword(page, first));
    await givePassword(page, second);
    await heading(page, 'Enter the code');
    await shows(page, second.phone.slice(-4));
    await sms(second, 1);
  });

  test('while the right code is checked: the same code again gets the session of which the answer was lost', async () => {
    const { page, person } = await atCode();
    const right = await code(person);
    await reloadBeforeAnswer(page, /\/otp$/, () => giveCode(page, right));
    await heading(page, 'Enter the code again');
    await giveCode(page, await wrongCode(person));
    await shows(page, 'You entered another code before.');
    await giveCode(page, right);
    await heading(page, 'You are signed in');
    await page.reload();
    await heading(page, 'You are signed in');
  });

  test('while a wrong code is checked: it is counted once', async () => {
    const { page, person } = await atCode();
    const wrong = await wrongCode(person);
    await reloadBeforeAnswer(page, /\/otp$/, () => giveCode(page, wrong));
    await heading(page, 'Enter the code');
    await shows(page, 'Your last code had no answer.');
    await shows(page, '2 attempts left');
    await giveCode(page, wrong);
    await shows(page, 'This code is wrong. 2 attempts are left.');
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
  });

  test('finds neither password nor code in what was kept, and no address that tells of the login', async () => {
    const { page, person } = await signedIn();
    const kept = String(
      await page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])'),
    );
    expect(kept).toContain(person.username);
    expect(kept).not.toContain(person.password);
    expect(kept).not.toContain(await code(person));
    expect(await page.evaluate('location.pathname + location.search + location.hash')).toBe('/');
  });
});

describe('back and forward', () => {
  test('lead to the password and the code again; the same credentials find the same login', async () => {
    const { page, person } = await atCode();
    await page.goBack();
    await heading(page, 'Sign in');
    await shows(page, 'A code was sent to');
    await page.goForward();
    await heading(page, 'Enter the code');
    await page.goBack();
    await press(page, 'Enter the code');
    await heading(page, 'Enter the code');
    await page.goBack();
    await page.reload();
    await heading(page, 'Sign in');
    await shows(page, 'A code was sent to');
    expect(asked(page)).toEqual(['POST /logins']);
    await givePassword(page, person);
    await heading(page, 'Enter the code');
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    expect(await messages(person)).toHaveLength(1);
    expect(loginIds(page)).toHaveLength(1);
  });

  test('another account ends the first login once there is a second', async () => {
    const { page } = await atCode();
    await Promise.all([answer(page, 'GET', /^\/logins\//), refresh(page)]);
    const [first] = loginIds(page);
    const second = await newPerson();
    await press(page, 'Use another account');
    await givePassword(page, { ...second, password: 'battery-staple' });
    await shows(page, 'The user name or the password is wrong.');
    expect((await detent().get(`/logins/${first}`)).body['state']).toBe('WaitForOtpInput');
    const cancelled = answer(page, 'DELETE', new RegExp(`^/logins/${first}$`));
    await givePassword(page, second);
    await heading(page, 'Enter the code');
    await shows(page, second.phone.slice(-4));
    expect((await cancelled).status()).toBe(200);
    expect((await detent().get(`/logins/${first}`)).body['state']).toBe('Cancelled');
    await giveCode(page, await code(second));
    await heading(page, 'You are signed in');
  });
});

describe('once', () => {
  test('is how often two clicks sign in, and check a code', async () => {
    const person = await newPerson();
    const page = await open();
    await field.username(page).fill(person.username);
    await field.password(page).fill(person.password);
    await page.getByRole('button', { name: 'Continue' }).dblclick({ noWaitAfter: true });
    await heading(page, 'Enter the code');
    expect(asked(page)).toEqual(['POST /logins']);
    await field.code(page).fill(await code(person));
    await page.getByRole('button', { name: 'Sign in' }).dblclick({ noWaitAfter: true });
    await heading(page, 'You are signed in');
    expect(asked(page)).toEqual(['POST /logins', 'POST /logins/ID/otp']);
    expect(await messages(person)).toHaveLength(1);
  });

  test('is how often a wish is asked while it is under way, and each wish has a key of its own', async () => {
    const { page, person } = await atCode();
    const keys: (string | undefined)[] = [];
    await page.route(/\/otp$/, async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await field.code(page).fill(await wrongCode(person));
    for (let click = 0; click < 5; click++) await field.code(page).press('Enter');
    await shows(page, 'This code is wrong. 2 attempts are left.');
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
    expect(keys).not.toContain(undefined);
  });
});

describe('two tabs', () => {
  /** As browsers duplicate a tab: with a copy of its storage. */
  async function duplicate(page: Page): Promise<Page> {
    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate("void window.open('/')"),
    ]);
    seen(other);
    return other;
  }

  test('of one browser are two logins', async () => {
    const { page, person } = await atCode();
    const other = await page.context().newPage();
    await other.goto('/');
    await heading(other, 'Sign in');
    const second = await newPerson();
    await givePassword(other, second);
    await heading(other, 'Enter the code');
    await giveCode(other, await code(second));
    await heading(other, 'You are signed in');
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    await shows(page, person.username);
    await shows(other, second.username);
  });

  test('with one login: what one does the other shows, and a code in both signs in once', async () => {
    const { page, person } = await atCode();
    const other = await duplicate(page);
    await heading(other, 'Enter the code');
    await giveCode(page, await wrongCode(person));
    await shows(page, '2 attempts are left.');
    // By itself, within some seconds.
    await shows(other, '2 attempts left');
    const right = await code(person);
    await giveCode(page, right);
    await heading(page, 'You are signed in');
    await giveCode(other, right);
    await heading(other, 'Signed in elsewhere');
    await shows(other, 'The code was used in another tab or window, and you are signed in there.');
    await press(page, 'Sign out');
    await heading(page, 'You are signed out');
    // When it comes to the front.
    const toFront = "window.dispatchEvent(new Event('focus'))";
    await asksAtOnce(other, /^\/logins\//, () => other.evaluate(toFront));
    await heading(other, 'You are signed out');
    expect(await messages(person)).toHaveLength(1);
  });

  test('with one session: the end of it in one is the end in the other', async () => {
    const { page } = await signedIn();
    const other = await duplicate(page);
    await heading(other, 'You are signed in');
    await press(other, 'Sign out');
    await heading(other, 'You are signed out');
    const toFront = "document.dispatchEvent(new Event('visibilitychange'))";
    await asksAtOnce(page, /^\/session$/, () => page.evaluate(toFront));
    await heading(page, 'You are signed out');
  });

  test('with one login: a resend in one is too early in the other', async () => {
    const { page } = await atCode();
    const other = await duplicate(page);
    await heading(other, 'Enter the code');
    await Promise.all([advance(page, 31), advance(other, 0)]);
    await refresh(other);
    const ready = 'button[aria-disabled=false]:has-text("Send the code again")';
    await Promise.all([page.locator(ready).waitFor(), other.locator(ready).waitFor()]);
    await page.locator(ready).click();
    await other.locator(ready).click();
    await shows(other, /The code was sent a moment ago. You can have it sent again in \d+ seconds?./);
    await shows(other, /in 0:\d\d · can be sent 2 more times/);
  });
});

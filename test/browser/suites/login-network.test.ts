/** Requests that take long, that nobody answers, and that are refused because something is down. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  asksAtOnce,
  field,
  focusOn,
  giveCode,
  givePassword,
  heading,
  press,
  refresh,
  said,
  shows,
  signingIn,
} from '../support/login.ts';

const { open, atCode, signedIn, newPerson, code, wrongCode, sms, messages, advance, detent, restart } =
  signingIn();

afterEach(async () => {
  await detent().post('/dev/faults', { sms: 'none', signing: 'none' });
});

/** Notes the keys of the requests to a path. */
function keysOf(page: Page, path: RegExp): string[] {
  const keys: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() === 'POST' && path.test(pathname))
      keys.push(request.headers()['idempotency-key'] ?? 'none');
  });
  return keys;
}

/** Lets the API hear the next request to a path, and loses its answer. */
async function loseAnswer(page: Page, path: RegExp): Promise<void> {
  let isFirst = true;
  await page.route(path, async (route) => {
    if (!isFirst) return route.fallback();
    isFirst = false;
    await route.fetch();
    await route.abort('connectionreset');
  });
}

const NO_ANSWER = 'No answer from the server. Nothing is lost, and trying again does no harm.';

describe('a slow network', () => {
  test('shows that a request is under way, and after a while that it takes long; all stays usable', async () => {
    const [page, person] = await Promise.all([open(), newPerson()]);
    const isAnswered = Promise.withResolvers<void>();
    await page.route(/\/logins$/, async (route) => {
      await isAnswered.promise;
      await route.continue();
    });
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await givePassword(page, person);
    const button = page.getByRole('button', { name: 'Checking…' });
    await button.waitFor();
    expect(await page.locator('form').getAttribute('aria-busy')).toBe('true');
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await page.clock.runFor(3_500);
    expect(await page.getByText('This takes longer than usual.').count()).toBe(0);
    await page.clock.resume();
    await said(page, 'This takes longer than usual.');
    await shows(page, 'This takes longer than usual.');
    await press(page, 'Show password');
    await focusOn(page, 'Hide');
    isAnswered.resolve();
    await heading(page, 'Enter the code');
    expect(await page.locator('form').getAttribute('aria-busy')).toBe('false');
    expect(await messages(person)).toHaveLength(1);
  });
});

describe('no connection', () => {
  test('is said, and once it is back the same wish is asked under the same key, by itself', async () => {
    const [page, person] = await Promise.all([open(), newPerson()]);
    const keys = keysOf(page, /^\/logins$/);
    await page.context().setOffline(true);
    await givePassword(page, person);
    await shows(page, NO_ANSWER);
    await said(page, NO_ANSWER);
    await press(page, 'Try again');
    await shows(page, NO_ANSWER);
    await asksAtOnce(page, /^\/logins$/, () => page.context().setOffline(false));
    await heading(page, 'Enter the code');
    expect(keys.length).toBeGreaterThanOrEqual(3);
    expect(new Set(keys).size).toBe(1);
    await sms(person, 1);
  });

  test('at the code: what was typed is sent once it is back, unless something else is typed', async () => {
    const { page, person } = await atCode();
    const right = await code(person);
    await page.context().setOffline(true);
    await giveCode(page, await wrongCode(person));
    await shows(page, NO_ANSWER);
    await field.code(page).fill(right);
    // What was typed first is not sent behind the back of what is being typed.
    expect(await page.getByText(NO_ANSWER).count()).toBe(0);
    await page.context().setOffline(false);
    await press(page, 'Sign in');
    await heading(page, 'You are signed in');
  });

  test('does not end what is shown: the session is there when it is back', async () => {
    const { page } = await signedIn();
    await page.context().setOffline(true);
    await press(page, 'Sign out');
    await shows(page, NO_ANSWER);
    await heading(page, 'You are signed in');
    await page.context().setOffline(false);
    await heading(page, 'You are signed out');
  });

  test('when the page is opened: it says so, and goes on when there is an answer', async () => {
    const { page } = await atCode();
    await page.route(/\/logins\//, (route) => route.abort('internetdisconnected'));
    await page.reload();
    await shows(page, 'No answer from the server.');
    await page.unroute(/\/logins\//);
    await press(page, 'Try again');
    await heading(page, 'Enter the code');
  });
});

describe('a lost answer', () => {
  test('to the password: the login that was begun is found, and there is one SMS', async () => {
    const [page, person] = await Promise.all([open(), newPerson()]);
    await loseAnswer(page, /\/logins$/);
    await givePassword(page, person);
    await shows(page, NO_ANSWER);
    await sms(person, 1);
    await press(page, 'Try again');
    await heading(page, 'Enter the code');
    expect(await messages(person)).toHaveLength(1);
  });

  test('to a wrong code: it is counted once', async () => {
    const { page, person } = await atCode();
    const keys = keysOf(page, /\/otp$/);
    await loseAnswer(page, /\/otp$/);
    await giveCode(page, await wrongCode(person));
    await shows(page, NO_ANSWER);
    await press(page, 'Try again');
    await shows(page, 'This code is wrong. 2 attempts are left.');
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test('to the right code: the same request again brings the session', async () => {
    const { page, person } = await atCode();
    await loseAnswer(page, /\/otp$/);
    await giveCode(page, await code(person));
    await shows(page, NO_ANSWER);
    await refresh(page);
    await heading(page, 'You are signed in');
  });

  test('to a resend: the code is sent once', async () => {
    const { page, person } = await atCode();
    await detent().post('/dev/clock', { advanceSeconds: 31 });
    await refresh(page);
    await loseAnswer(page, /\/resend$/);
    await page.locator('button[aria-disabled=false]:has-text("Send the code again")').click();
    await shows(page, NO_ANSWER);
    await press(page, 'Try again');
    await shows(page, 'The code was sent again.');
    await sms(person, 2);
    await shows(page, 'can be sent 2 more times');
  });
});

test('what was changed while it was under way is not sent again by itself', async () => {
  const { page, person } = await atCode();
  const keys = keysOf(page, /\/otp$/);
  const isChanged = Promise.withResolvers<void>();
  await page.route(/\/otp$/, async (route) => {
    await isChanged.promise;
    await route.abort('connectionreset');
  });
  await giveCode(page, await wrongCode(person));
  const cancel = page.getByRole('button', { name: 'Cancel' });
  await page.locator('form[aria-busy=true]').waitFor();
  expect(await cancel.getAttribute('aria-disabled')).toBe('true');
  await field.code(page).fill(await code(person));
  isChanged.resolve();
  await shows(page, /^No answer from the server. Nothing is lost, and trying again does no harm.$/);
  expect(await cancel.getAttribute('aria-disabled')).toBe('false');
  await asksAtOnce(page, /^\/logins\/[^/]+$/, () => refresh(page));
  expect(keys).toHaveLength(1);
  await page.unroute(/\/otp$/);
  await press(page, 'Sign in');
  await heading(page, 'You are signed in');
});

test('a resend that is wanted after one without an answer sends the code again', async () => {
  const { page, person } = await atCode();
  const ready = page.locator('button[aria-disabled=false]:has-text("Send the code again")');
  await advance(page, 31);
  await loseAnswer(page, /\/resend$/);
  await ready.click();
  await shows(page, NO_ANSWER);
  await sms(person, 2);
  await field.code(page).fill('1');
  await advance(page, 31);
  await shows(page, 'can be sent 2 more times');
  await ready.click();
  await shows(page, 'The code was sent again.');
  await sms(person, 3);
});

describe('a process that is killed', () => {
  test('in the middle of a login loses nothing: the page goes on where it was', async () => {
    const { page, person } = await atCode();
    await giveCode(page, await wrongCode(person));
    await shows(page, '2 attempts are left.');
    const right = await code(person);
    const isBack = Promise.withResolvers<void>();
    let tries = 0;
    await page.route(/\/otp$/, async (route) => {
      tries++;
      if (tries > 1) return route.continue();
      // There is nobody to hear it.
      const restarted = restart();
      await route.abort('connectionrefused');
      await restarted;
      isBack.resolve();
    });
    await giveCode(page, right);
    await shows(page, NO_ANSWER);
    await isBack.promise;
    await press(page, 'Try again');
    await heading(page, 'You are signed in');
    await page.reload();
    await heading(page, 'You are signed in');
    expect(await messages(person)).toHaveLength(1);
  });
});

describe('a needed service that is down', () => {
  test('counts nothing: the same code is good when it is back', async () => {
    const { page, person } = await atCode();
    const keys = keysOf(page, /\/otp$/);
    const right = await code(person);
    await detent().post('/dev/faults', { signing: 'transient' });
    await giveCode(page, right);
    await shows(
      page,
      /A service that we need is down. Nothing was counted and nothing is lost: try again in/,
    );
    await shows(page, '3 attempts left');
    await detent().post('/dev/faults', { signing: 'none' });
    await press(page, 'Sign in');
    await heading(page, 'You are signed in');
    expect(new Set(keys).size).toBe(1);
  });

  test('or anything that leaves open what became of a wish: it keeps its key until there is an answer', async () => {
    const [page, person] = await Promise.all([open(), newPerson()]);
    const keys = keysOf(page, /^\/logins$/);
    const answers: [status: number, name: string | undefined, words: string][] = [
      [409, 'conflict', 'Something else changed this sign-in. Nothing was counted: try again in 1 second.'],
      [500, 'internal-error', 'Something went wrong on our side. Nothing was half done: try again.'],
      [502, undefined, 'The server does not work as it should. Try again in 1 second.'],
      [429, undefined, 'Too many requests come from here. Try again in 1 second.'],
    ];
    let tries = 0;
    await page.route(/\/logins$/, (route) => {
      const [status, name] = answers[tries++] ?? [];
      if (!status) return route.continue();
      const body = JSON.stringify(name ? { type: `urn:detent:problem:${name}`, status } : { message: 'no' });
      return route.fulfill({ status, body, headers: { 'retry-after': '1' } });
    });
    await givePassword(page, person);
    for (const [, , words] of answers) {
      await shows(page, words);
      await press(page, 'Continue');
    }
    await heading(page, 'Enter the code');
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(1);
    await sms(person, 1);
  });
});

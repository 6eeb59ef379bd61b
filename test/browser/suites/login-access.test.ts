/** That everybody can sign in: by keyboard, by ear, on a small screen, in the dark. */
import { describe, expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { dark, fits, phone, violations } from '../support/browser.ts';
import {
  field,
  focused,
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
import { picture } from '../support/picture.ts';

const { context, open, atCode, signedIn, newPerson, code, wrongCode, advance, detent } = signingIn();

const viewport = { width: 640, height: 680 };
/** 1280 CSS pixels at 400 % (WCAG 2.2, 1.4.10). */
const zoomed: BrowserContextOptions = { viewport: { width: 320, height: 200 }, deviceScaleFactor: 4 };

/** Nothing is wider than the window, and nothing is wrong that axe knows of; it sees no difference by the size of a window. */
async function isFine(page: Page): Promise<void> {
  expect(await fits(page)).toBe(true);
  if (page.viewportSize()?.width !== phone.viewport?.width) expect(await violations(page)).toEqual([]);
}

/** How a screen may look, and which of its pictures are in the documentation. */
const looks: [string, BrowserContextOptions, string, string[]][] = [
  ['light', { viewport }, '', ['password', 'code', 'wrong-code', 'offline', 'locked', 'signed-in']],
  ['dark', { viewport, ...dark }, '-dark', ['code']],
  ['on a phone', phone, '-320', ['code']],
];

describe.each(looks)('every screen, %s', (_, options, suffix, pictures) => {
  const shot = async (page: Page, screen: string): Promise<void> => {
    if (pictures.includes(screen)) await picture(page, `login-${screen}${suffix}`);
  };

  test('from the password to the end of the session', async () => {
    const page = await open(options);
    await heading(page, 'Sign in');
    await isFine(page);
    await shot(page, 'password');
    const person = await newPerson();
    await givePassword(page, { ...person, password: 'battery-staple' });
    await shows(page, 'The user name or the password is wrong.');
    await isFine(page);
    await givePassword(page, person);
    await heading(page, 'Enter the code');
    await page.evaluate('document.activeElement.blur()');
    await isFine(page);
    await shot(page, 'code');
    await page.goBack();
    await shows(page, 'A code was sent to');
    await isFine(page);
    await page.goForward();
    await giveCode(page, await wrongCode(person));
    await shows(page, 'This code is wrong.');
    await isFine(page);
    await shot(page, 'wrong-code');
    await advance(page, 31);
    await page.locator('button[aria-disabled=false]:has-text("Send the code again")').click();
    await shows(page, 'The code was sent again.');
    await isFine(page);
    // Another tab may have done what this one does not know of.
    await page.route(/\/resend$/, (route) =>
      route.fulfill({
        status: 429,
        headers: { 'retry-after': '20' },
        body: JSON.stringify({ type: 'urn:detent:problem:resend-too-early' }),
      }),
    );
    await advance(page, 31);
    await page.locator('button[aria-disabled=false]:has-text("Send the code again")').click();
    await shows(page, 'You can have it sent again in 20 seconds.');
    await isFine(page);
    await page.context().setOffline(true);
    await giveCode(page, '000000');
    await shows(page, 'No answer from the server.');
    await isFine(page);
    await shot(page, 'offline');
    await field.code(page).fill('');
    await page.context().setOffline(false);
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    await isFine(page);
    await shot(page, 'signed-in');
    await press(page, 'Sign out');
    await heading(page, 'You are signed out');
    await isFine(page);
  });

  test('and every other end', async () => {
    const { page, person } = await atCode(options);
    for (const [step, left] of [
      [1, '2 attempts are left.'],
      [2, 'One attempt is left.'],
    ] as const) {
      await giveCode(page, await wrongCode(person, step));
      await shows(page, left);
    }
    await giveCode(page, await wrongCode(person, 3));
    await heading(page, 'Too many wrong codes');
    await isFine(page);
    await shot(page, 'locked');
    // The others differ by their words alone.
    for (const state of [
      'OtpExpired',
      'Cancelled',
      'DeliveryFailed',
      'Denied',
      'SessionExpired',
      'LoggedIn',
      'New',
    ]) {
      await page.route(/\/logins\//, (route) => route.fulfill({ json: { loginId: 'x', state } }));
      await page.reload();
      await page.locator('.pane h1').waitFor();
      await isFine(page);
      await page.unroute(/\/logins\//);
    }
    await page.route(/\/logins\//, (route) => route.abort());
    await page.reload();
    await shows(page, 'No answer from the server.');
    await isFine(page);
  });
});

test('at 400 % all is there, and nothing is cut off', async () => {
  const { page, person } = await atCode(zoomed);
  expect(await fits(page)).toBe(true);
  await giveCode(page, await code(person));
  await heading(page, 'You are signed in');
  expect(await fits(page)).toBe(true);
  await press(page, 'Sign out');
  await heading(page, 'You are signed out');
});

test('who wants no motion gets none', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  const moving = await page.evaluate(
    `[...document.querySelectorAll('*')].filter((one) => { const { transitionDuration, animationName } = getComputedStyle(one);
      return animationName !== 'none' || transitionDuration !== '0s'; }).length`,
  );
  expect(moving).toBe(0);
});

test('the keyboard alone is enough, in the order of what is seen, and where it is can be seen', async () => {
  const person = await newPerson();
  const page = await open();
  const tab = async (what: string) => {
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe(what);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  };
  await tab('username');
  await page.keyboard.type(person.username);
  await tab('password');
  await page.keyboard.type(person.password);
  await tab('Show');
  await tab('Continue');
  await page.keyboard.press('Enter');
  await focusOn(page, 'code');
  await tab('Sign in');
  await tab('Send the code again');
  await tab('Use another account');
  await tab('Cancel');
  for (let back = 0; back < 4; back++) await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe('code');
  await page.keyboard.type(await code(person));
  await page.keyboard.press('Enter');
  await focusOn(page, 'You are signed in');
  await tab('Sign out');
  await page.keyboard.press('Space');
  await focusOn(page, 'You are signed out');
  await tab('Sign in again');
  await page.keyboard.press('Enter');
  // What is left to enter: the name is there.
  await focusOn(page, 'password');
});

test('on a phone too nothing is wrong, and everything that can be pressed is large enough', async () => {
  const { page } = await atCode(phone);
  expect(await violations(page)).toEqual([]);
  const sizes = await page.evaluate(
    "[...document.querySelectorAll('#page button, #page input')].map((one) => one.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height))",
  );
  for (const size of sizes as number[]) expect(size).toBeGreaterThanOrEqual(44);
});

describe('who does not see', () => {
  test('hears what is wrong, and finds it at its field', async () => {
    const { page, person } = await atCode();
    const input = field.code(page);
    expect(await input.getAttribute('aria-invalid')).toBe('false');
    await giveCode(page, await wrongCode(person));
    await said(page, 'This code is wrong. 2 attempts are left.');
    await focusOn(page, 'code');
    expect(await input.getAttribute('aria-invalid')).toBe('true');
    const described = String(await input.getAttribute('aria-describedby')).split(' ');
    expect(await page.locator(`#${described[0]}`).textContent()).toBe(
      'This code is wrong. 2 attempts are left.',
    );
    // The same again is said again.
    await page.evaluate("document.getElementById('said').textContent = ''");
    await press(page, 'Sign in');
    await said(page, 'This code is wrong. 2 attempts are left.');
  });

  test('has a region that was there before it said anything, and a number that can be read aloud', async () => {
    const { page, person } = await atCode();
    const html = await (await fetch(detent().url)).text();
    expect(html).toMatch(/<p id="said" class="hidden" role="status"><\/p>/);
    expect(await page.locator('[role=status], [aria-live]').count()).toBe(1);
    const snapshot = await page.locator('#page').ariaSnapshot();
    expect(snapshot).toContain(`your phone number that ends in ${person.phone.slice(-4)}`);
    expect(snapshot).not.toContain('•');
  });

  test('is not drowned by the countdown: it speaks at a minute, at half a minute, and at the end', async () => {
    const { page } = await atCode();
    await page.evaluate(`window.heard = []; new MutationObserver(() => {
      const { textContent } = document.getElementById('said');
      if (textContent) window.heard.push(textContent);
    }).observe(document.getElementById('said'), { childList: true })`);
    await advance(page, 237);
    await said(page, 'The code is valid for 1 minute more.');
    await advance(page, 30);
    await said(page, /The code is valid for (30|2\d) seconds more./);
    await advance(page, 32);
    await heading(page, 'The code has expired');
    await said(page, 'A code is valid for a few minutes only.');
    expect(await page.evaluate('window.heard.length')).toBe(3);
  });

  test('is where the new screen begins; who has just opened the page is not pulled away', async () => {
    const page = await open();
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
    const person = await newPerson();
    await givePassword(page, person);
    await focusOn(page, 'code');
    await page.goBack();
    await focusOn(page, 'password');
    await page.goForward();
    await focusOn(page, 'code');
    await page.reload();
    await heading(page, 'Enter the code');
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
    await giveCode(page, await code(person));
    await focusOn(page, 'You are signed in');
  });
});

describe('beside it', () => {
  test('the demonstration has room on a wide screen, and lies below on a narrow one', async () => {
    for (const [options, isBeside] of [
      [{}, true],
      [phone, false],
    ] as const) {
      const page = await (await context(options)).newPage();
      await page.goto('/');
      await heading(page, 'Sign in');
      const [main, aside] = await Promise.all([
        page.locator('#login').boundingBox(),
        page.locator('#beside').boundingBox(),
      ]);
      if (!main || !aside) throw new Error('not there');
      expect(main.x + main.width <= aside.x).toBe(isBeside);
      expect(main.y + main.height <= aside.y).toBe(!isBeside);
      expect(await fits(page)).toBe(true);
    }
  });

  test('whoever listens is told of the login, also of one that was found again', async () => {
    const page = await (await context()).newPage();
    await page.addInitScript(
      "window.told = []; window.addEventListener('detent:instance', ({ detail }) => window.told.push(detail))",
    );
    await page.goto('/');
    await givePassword(page, await newPerson());
    await heading(page, 'Enter the code');
    const id = /[^/]+/.exec(String(await page.evaluate('window.told[0].id')))?.[0] ?? '';
    expect(await page.evaluate('window.told[0].flow')).toBe('mfa-login');
    expect((await detent().get(`/logins/${id}`)).body['state']).toBe('WaitForOtpInput');
    await page.reload();
    await heading(page, 'Enter the code');
    expect(await page.evaluate('window.told[0]')).toEqual({ flow: 'mfa-login', id });
  });

  test('a clock that was moved shows at once', async () => {
    const { page } = await signedIn();
    await detent().post('/dev/clock', { advanceSeconds: 600 });
    await refresh(page);
    await shows(page, /The session ends in (5:0|4:5)\d/);
  });
});

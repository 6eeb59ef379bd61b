/** Instances of every flow in the inspector: finished ones, running ones, and while they move. */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { dark, fits, violations } from '../support/browser.ts';
import { inspecting, read, until } from '../support/inspecting.ts';
import { picture } from '../support/picture.ts';

const inspect = inspecting();
const { act, atProvider, codeOf, enter, login, order, page, payment, rests } = inspect;

/** What the page says of an instance, as a person reads it. */
const shown = (one: Page) => ({
  state: one.locator('.instance-head .state-name'),
  current: one.locator('.sheet .state-current'),
  steps: one.getByRole('region', { name: 'History' }).locator('.transition'),
  data: one.getByRole('region', { name: 'Data' }),
});

/** The transitions, the newest first: `Event: From to To`. */
async function history(one: Page): Promise<string[]> {
  const steps = await shown(one).steps.all();
  return Promise.all(
    steps.map(async (step) => {
      const event = await read(step.locator('.transition-head strong'));
      const way = await read(step.locator('.way > p'));
      return `${event}: ${way.replace(/\s*→\s*to\s*/, ' to ')}`;
    }),
  );
}

/** Waits until the page says so, in the head and in the drawing. */
async function seenIn(one: Page, state: string): Promise<void> {
  await one.locator('.instance-head .state-name', { hasText: new RegExp(`^${state}$`) }).waitFor();
  await one.locator('.sheet .state-current', { hasText: state }).waitFor();
}

const visited = (one: Page) => one.locator('.sheet .state-taken .name').allTextContents();
const below = (one: Page, state: string) =>
  one.locator('.sheet .state', { hasText: state }).first().locator('.below').textContent();

/** Nothing of the demo user and of customers that says who they are. */
async function expectMasked(one: Page): Promise<void> {
  const text = await one.evaluate<string>('document.documentElement.outerHTML');
  expect(text.match(/\+1555\w*|correct-horse|\w+@example\S*|"demo"/g)).toBeNull();
}

test('a payment: while it moves, and when it has ended', async () => {
  const id = await payment();
  const one = await page(`/inspect#/payment/${id}`);
  await seenIn(one, 'Created');
  expect(await read(one.locator('.countdown'))).toMatch(
    /^deadline in (?:1 h|59 min \d+ s) \((?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\)$/,
  );
  await act(id, 'authorize');
  await seenIn(one, 'Authorized');
  await act(id, 'capture', { value: 1_000 });
  await seenIn(one, 'Captured');
  expect(await history(one)).toEqual([
    'CaptureSuccess: Capturing to Captured',
    'Capture: Authorized to Capturing',
    'AuthApproved: Authorizing to Authorized',
    'Authorize: Created to Authorizing',
    'PaymentCreated: New to Created',
  ]);
  expect(new Set(await visited(one))).toEqual(
    new Set(['Created', 'Authorizing', 'Authorized', 'Capturing', 'Captured']),
  );
  expect(await below(one, 'Authorizing')).toMatch(/^[\d.]+ m?s$/);
  expect(await below(one, 'Captured')).toMatch(/^at \d\d:\d\d:\d\d$/);
  const capture = shown(one).steps.nth(1);
  await capture.locator('.effect', { hasText: 'payment.capture' }).getByText('delivered').waitFor();
  expect(await read(capture.locator('.facts'))).toMatch(/^CaptureRequested amount/);
  expect(await read(shown(one).data)).toMatch(/captured\.value\s*1000\s*new/);
  expect(await read(one.locator('.instance-facts'))).toMatch(/final$/);
  await picture(one, 'inspector-payment');
});

test('a login: while it moves, and when it has ended; nothing says whose it is', async () => {
  const id = await login();
  const one = await page(`/inspect#/mfa-login/${id}`);
  await seenIn(one, 'WaitForOtpInput');
  await one.locator('.effect', { hasText: 'sms' }).getByText('delivered').waitFor();
  expect(await read(shown(one).data)).toMatch(/phone\s*"\+1•••••••0100"/);
  await expectMasked(one);
  const code = await codeOf(id);
  await enter(id, code === '000000' ? '000001' : '000000');
  await until(
    () => history(one),
    ({ length }) => length === 2,
  );
  await enter(id, code);
  await seenIn(one, 'LoggedIn');
  expect(await history(one)).toEqual([
    'OtpSubmitted: WaitForOtpInput to LoggedIn',
    'OtpSubmitted: WaitForOtpInput to WaitForOtpInput',
    'LoginRequested: New to WaitForOtpInput',
  ]);
  await expectMasked(one);
  await picture(one, 'inspector-login');
  await inspect.pass(900);
  await seenIn(one, 'SessionExpired');
});

test('an order: while it moves, and when it has ended; nothing says whose it is', async () => {
  const id = await order();
  const one = await page(`/inspect#/checkout/${id}`);
  await seenIn(one, 'AwaitingPayment');
  await expectMasked(one);
  await atProvider(id, 'pay');
  await seenIn(one, 'Fulfilled');
  expect((await history(one)).slice(0, 2)).toEqual([
    'OrderFulfilled: Fulfilling to Fulfilled',
    'PaymentSucceeded: AwaitingPayment to Fulfilling',
  ]);
  expect(await read(shown(one).data)).toMatch(/email\s*"c•+@e•+\.com"/);
  // Also what is folded away.
  await one.evaluate('for (const folded of document.querySelectorAll("details")) folded.open = true');
  await expectMasked(one);
  await one.reload();
  await seenIn(one, 'Fulfilled');
  await picture(one, 'inspector-checkout');
});

test('what was deferred, dropped, and is tried again', async () => {
  await inspect.faults({ gateway: 'ambiguous' });
  const id = await payment();
  await act(id, 'authorize');
  await act(id, 'capture');
  const one = await page(`/inspect#/payment/${id}`);
  await one.getByText('Deferred events that wait').waitFor();
  expect(await read(one.locator('.waiting li'))).toMatch(/^Capture since .*, until the state changes$/);
  expect((await history(one))[0]).toBe('Capture: deferred waits until Authorizing is left');
  const effect = one.locator('.effect', { hasText: 'payment.authorize' });
  await effect.getByText('unknown').waitFor();
  expect(await read(effect.locator('summary'))).toMatch(
    /\? ?unknown\s+payment\.authorize\s+1 try · next in \d+ s \(.*\) · reason \S+/,
  );
  await inspect.faults({ gateway: 'none' });
  await inspect.pass(70);
  await rests('payment', id, 'Captured');
  await seenIn(one, 'Captured');
});

test('a deferred event that the new state refuses is dropped by name', async () => {
  await inspect.faults({ gateway: 'ambiguous' });
  const id = await payment({ paymentMethod: 'pm_card_visa_chargeDeclined' });
  await act(id, 'authorize');
  await act(id, 'capture');
  await inspect.faults({ gateway: 'none' });
  await inspect.pass(70);
  const one = await page(`/inspect#/payment/${id}`);
  await seenIn(one, 'AuthError');
  expect(await read(one.locator('.dropped'))).toMatch(/^dropped Capture: /);
});

test('all of an instance is in sight at once', async () => {
  const id = await payment();
  await act(id, 'authorize');
  const one = await page(`/inspect#/payment/${id}`);
  await seenIn(one, 'Authorized');
  for (const part of [
    '.sheet .state-current',
    '.pane-history .transition >> nth=0',
    '.pane-data tr >> nth=1',
  ]) {
    const box = await one.locator(part).boundingBox();
    expect(box && box.y >= 0 && box.y + box.height <= 800).toBe(true);
  }
  expect(await one.evaluate('document.documentElement.scrollHeight <= innerHeight')).toBe(true);
});

test('in the dark', async () => {
  const id = await payment();
  await act(id, 'authorize');
  const one = await page(`/inspect#/payment/${id}`, dark);
  await seenIn(one, 'Authorized');
  await picture(one, 'inspector-dark');
  expect(await violations(one)).toEqual([]);
  expect(await fits(one)).toBe(true);
});

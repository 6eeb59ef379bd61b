/** The payments page: every event can be pressed, the API decides; and the experiments that the page tells of. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { dark, fits, inBrowser, phone, violations } from '../support/browser.ts';
import { heal, kills, ledgerOf, moves, press, says, shows, stages, watched } from '../support/demo.ts';
import { picture } from '../support/picture.ts';

const browsing = inBrowser();
const { page: open, detent } = browsing;
afterEach(() => heal(browsing));

async function created(page?: Page, card = 'A card that works'): Promise<{ page: Page; id: string }> {
  const on = page ?? (await open('/demo/payments'));
  await on.getByLabel('Card', { exact: true }).selectOption({ label: card });
  await press(on, /^Create a payment/);
  await shows(on, 'Created');
  return { page: on, id: String(await on.locator('.payment .id').textContent()) };
}

/** Waits for so many answers to an event, and says how they stand, the newest first. */
async function answers(page: Page, action: string, count = 1): Promise<string[]> {
  const lines = page.locator(`[data-answer="${action}"]`, { hasNotText: 'Under way.' });
  await lines.nth(count - 1).waitFor();
  return lines.locator('.status').allTextContents();
}

const event = (page: Page, name: string) => press(page.locator('.payment > .actions'), name);

describe('an event', () => {
  test('each is taken where it fits: held, captured in part, given back', async () => {
    const { page } = await created();
    await event(page, 'Authorise');
    await shows(page, 'Authorized');
    await page.getByLabel('Capture only').fill('5.00');
    await event(page, 'Capture');
    await shows(page, 'Captured');
    await says(page.locator('.amounts'), '5.00 EUR');
    await event(page, 'Reverse');
    await shows(page, 'Reversed');
    expect([...(await answers(page, 'authorize')), ...(await answers(page, 'reverse'))]).toEqual([
      '202',
      '202',
    ]);
  });

  test.each([
    ['Cancel', 'Authorized', 'Cancelled'],
    ['Abort', 'Created', 'Aborted'],
  ])('%s in %s', async (name, from, to) => {
    const { page } = await created();
    if (from === 'Authorized') {
      await event(page, 'Authorise');
      await shows(page, from);
    }
    await event(page, name);
    await shows(page, to);
  });

  test('that does not fit is refused, in words, and can be pressed all the same', async () => {
    const { page } = await created();
    for (const [name, action] of [
      ['Reverse', 'reverse'],
      ['Capture', 'capture'],
      ['Cancel', 'cancel'],
    ] as const) {
      await event(page, name);
      expect(await answers(page, action)).toEqual(['409 wrong-state']);
    }
    await says(page.locator('.answers'), 'Refused, and nothing was changed. The state is Created.');
    const buttons = page.locator('.payment > .actions button');
    expect(await buttons.count()).toBe(5);
    for (const button of await buttons.all()) expect(await button.isEnabled()).toBe(true);
  });

  test('more than is held: 409, and the payment goes on', async () => {
    const { page } = await created();
    await event(page, 'Authorise');
    await shows(page, 'Authorized');
    await page.getByLabel('Capture only').fill('99');
    await event(page, 'Capture');
    expect(await answers(page, 'capture')).toEqual(['409 amount-too-large']);
    await page.getByLabel('Capture only').fill('9,9x');
    await event(page, 'Capture');
    await says(page.locator('.payment').getByRole('alert'), '“9,9x” is no amount in EUR.');
  });

  test('twice at once, under two keys: one is taken, one refused; again under a key, the same answer', async () => {
    const { page, id } = await created();
    await page.getByLabel('Twice at once').check();
    await event(page, 'Authorise');
    expect((await answers(page, 'authorize', 2)).sort()).toEqual(['202', '409 wrong-state']);
    await shows(page, 'Authorized');
    const taken = page.locator('[data-answer="authorize"]', { hasText: '202' });
    await taken.getByRole('button', { name: /^Again/ }).click();
    expect((await answers(page, 'authorize', 3)).at(0)).toBe('202');
    const { body } = await detent().get(`/payments/${id}/history`);
    const types = (body['entries'] as unknown as { event: { type: string } }[]).map(
      (entry) => entry.event.type,
    );
    expect(types).toEqual(['PaymentCreated', 'Authorize', 'AuthApproved']);
  });
});

describe('a card', () => {
  test.each([
    ['A card that is declined', ['Authorise'], 'AuthError', 'generic_decline'],
    ['A card whose capture fails', ['Authorise', 'Capture'], 'CaptureError', ''],
    ['A card whose refund fails', ['Authorise', 'Capture', 'Reverse'], 'ReverseError', ''],
  ])('%s', async (card, presses, end, reason) => {
    const { page } = await created(undefined, card);
    const rests = ['Authorized', 'Captured'];
    for (const [at, name] of presses.entries()) {
      await event(page, name);
      await shows(page, at + 1 < presses.length ? (rests[at] ?? '') : end);
    }
    await says(page.locator('.amounts'), reason === '' ? 'Reason' : reason);
  });

  test('that is none, an amount that is none, a currency that is not taken: said in words', async () => {
    const page = await open('/demo/payments');
    await page.getByLabel('Amount').fill('many');
    await press(page, /^Create a payment/);
    await says(page.getByRole('alert'), '“many” is no amount in EUR');
    await page.getByLabel('Amount').fill('0');
    await press(page, /^Create a payment/);
    await says(page.getByRole('alert'), /amount.value must be at least 1/);
    await page.getByLabel('Amount').fill('1.234');
    await page.getByLabel('Currency').selectOption('BHD');
    await press(page, /^Create a payment/);
    await says(page.getByRole('alert'), /amount.currency must be the code of a currency/);
  });
});

describe('experiments', () => {
  test('the gateway is killed while it captures: asked for again, the money is taken once', async () => {
    const { page, id } = await created();
    await event(page, 'Authorise');
    await shows(page, 'Authorized');
    await stages(page, 'Kill the gateway while it captures');
    await event(page, 'Capture');
    await shows(page, 'Capturing');
    await kills(page, 'gateway');
    // Nobody knows, and the page says so.
    await says(page.locator('.watch'), /unknown/);
    await shows(page, 'Capturing');
    await picture(page, 'demo-gateway-killed');
    await moves(page, '+1 min');
    await shows(page, 'Captured');
    expect(await ledgerOf(browsing, id)).toEqual(['authorized 1290', 'captured 1290']);
  });

  test('the gateway does it and loses its answer: one hold, not two', async () => {
    const page = await open('/demo/payments');
    await stages(page, 'The gateway does it and loses its answer');
    const { id } = await created(page);
    await event(page, 'Authorise');
    await says(page.locator('.watch'), /unknown/);
    await press(page, 'Make the world well again');
    await says(page.locator('.world'), 'All is well again.');
    await moves(page, '+1 min');
    await shows(page, 'Authorized');
    expect(await ledgerOf(browsing, id)).toEqual(['authorized 1290']);
  });

  test('a capture before there is a hold is deferred, and taken up', async () => {
    const page = await open('/demo/payments');
    await stages(page, 'Capture before there is a hold');
    await created(page);
    await event(page, 'Authorise');
    await shows(page, 'Authorizing');
    await event(page, 'Capture');
    expect(await answers(page, 'capture')).toEqual(['202']);
    await says(page.locator('.watch'), /deferred/i);
    // That of the hold is under way; the capture need not be slow too.
    await press(page, 'Make the world well again');
    await shows(page, 'Captured');
  });

  test('a hold that nobody uses is let go of', async () => {
    const { page, id } = await created();
    await event(page, 'Authorise');
    await shows(page, 'Authorized');
    await moves(page, '+7 days');
    await shows(page, 'Cancelled');
    expect((await ledgerOf(browsing, id)).at(0)).toBe('authorized 1290');
  });
});

test('a reload resumes the payment; what happens elsewhere is shown live', async () => {
  const { page, id } = await created();
  await page.reload();
  await shows(page, 'Created');
  await detent().post(`/payments/${id}/abort`);
  await shows(page, 'Aborted');
});

test('an answer that is lost can be asked for again under the same key', async () => {
  const { page } = await created();
  await page.route('**/authorize', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await event(page, 'Authorise');
  expect(await answers(page, 'authorize')).toEqual(['no answer']);
  await page.unroute('**/authorize');
  await page.getByRole('button', { name: /^Again/ }).click();
  expect(await answers(page, 'authorize', 2)).toEqual(['202', 'no answer']);
});

describe('for everybody', () => {
  test.each([
    ['light', {}],
    ['dark', dark],
  ])('without barriers: %s', async (_name, options) => {
    const page = await open('/demo/payments', options);
    await created(page);
    await event(page, 'Authorise');
    await shows(page, 'Authorized');
    await event(page, 'Abort');
    await answers(page, 'abort');
    for (const summary of await page.locator('.world summary, .experiment summary').all())
      await summary.click();
    await page.locator('.watch .instance .machine').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('fits a narrow phone', async () => {
    const page = await open('/demo/payments', phone);
    await created(page);
    await event(page, 'Reverse');
    await answers(page, 'reverse');
    for (const summary of await page.locator('.world summary, .experiment summary').all())
      await summary.click();
    expect(await fits(page)).toBe(true);
  });

  test('a picture', async () => {
    const { page } = await created();
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel('Twice at once').check();
    await event(page, 'Authorise');
    await answers(page, 'authorize', 2);
    await shows(page, 'Authorized');
    await watched(page, 'Authorized');
    await picture(page, 'demo-payments');
  });
});

/** The shop: an order from its first press to its end, whatever is pressed, and whoever does not answer. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { dark, fits, inBrowser, phone, violations } from '../support/browser.ts';
import {
  atTheProvider,
  heal,
  holds,
  ordered,
  piles,
  press,
  says,
  shows,
  want,
  watched,
} from '../support/demo.ts';
import { picture } from '../support/picture.ts';

const browsing = inBrowser();
const { page: open, seen, detent } = browsing;
afterEach(() => heal(browsing));

test('an order is paid at the provider’s page, in another tab, and shipped; the goods are sold', async () => {
  const page = await ordered(browsing, { mug: 2, cap: 1 });
  expect(await page.locator('.order').textContent()).toContain('Total 45.70 EUR');
  const link = page.getByRole('link', { name: /^Pay at/ });
  expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
    '_blank',
    'noopener noreferrer',
  ]);
  await holds(page, 'mug', [98, 2, 0]);
  await atTheProvider(browsing, page, 'Pay');
  await shows(page, 'Fulfilled');
  expect(await link.count()).toBe(0);
  await holds(page, 'mug', [98, 0, 2]);
  await holds(page, 'cap', [24, 0, 1]);
  // Beside it, the inspector has seen it too.
  await watched(page, 'Fulfilled');
});

test('a double click orders once', async () => {
  const page = await open('/demo/shop');
  const [, apart = 0] = await piles(await ordered(browsing), 'mug');
  await page.getByRole('button', { name: /^Order for/ }).dblclick();
  await shows(page, 'AwaitingPayment');
  await holds(page, 'mug', [(await piles(page, 'mug'))[0] ?? 0, apart + 1, 2]);
  expect(seen(page).requests.filter((one) => one === 'POST /checkouts')).toHaveLength(1);
});

test('an answer that is lost: pressed again, also after a reload, the order is the same one', async () => {
  const page = await open('/demo/shop');
  const keys: (string | undefined)[] = [];
  await page.route('**/checkouts', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    await route.fetch();
    await route.abort();
  });
  await want(page, { mug: 0, cap: 3 });
  const [before = 0] = await piles(page, 'cap');
  await press(page, /^Order for/);
  await says(page, /^No answer came/);
  await page.unroute('**/checkouts');
  await page.reload();
  page.on('request', (request) => {
    if (request.method() === 'POST') keys.push(request.headers()['idempotency-key']);
  });
  await press(page, /^Order for 59.70 EUR/);
  await shows(page, 'AwaitingPayment');
  expect(keys).toEqual([keys[0], keys[0]]);
  await holds(page, 'cap', [before - 3, 3, 1]);
});

test('an order that was placed and answered with 500: pressed again, it is the same one', async () => {
  const page = await open('/demo/shop');
  const keys: (string | undefined)[] = [];
  await page.locator('tr[data-sku="cap"]').waitFor();
  const [onHand = 0, apart = 0, sold = 0] = await piles(page, 'cap');
  await page.route('**/checkouts', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    const response = await route.fetch();
    if (keys.length > 1) return route.fulfill({ response });
    return route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'urn:detent:problem:internal', detail: 'Something failed.' }),
    });
  });
  await want(page, { mug: 0, cap: 2 });
  await press(page, /^Order for/);
  await says(page.getByRole('alert'), 'Something failed. Press again:');
  await press(page, /^Order for/);
  await shows(page, 'AwaitingPayment');
  expect(keys).toEqual([keys[0], keys[0]]);
  await holds(page, 'cap', [onHand - 2, apart + 2, sold]);
});

test('answers that take longer than it asks again are shown all the same', async () => {
  const page = await open('/');
  await page.route('**/dev/*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 2_600));
    await route.continue().catch(() => undefined);
  });
  await page.goto('/demo/shop');
  await page.locator('tr[data-sku="mug"]').waitFor({ timeout: 10_000 });
});

test('too few pieces: it says of which good, and nothing is set apart', async () => {
  const page = await open('/demo/shop');
  await want(page, { poster: 5 });
  await press(page, /^Order for/);
  await says(page.getByRole('alert'), /poster, of which you want 5, and 3 are on hand/);
  expect(await piles(page, 'poster')).toEqual([3, 0, 0]);
});

test('what is no order is said in words', async () => {
  const page = await open('/demo/shop');
  await page.getByLabel('Email').fill('nobody');
  await press(page, /^Order for/);
  await says(page.getByRole('alert'), /email/);
  await page.getByLabel('Email').fill('you@example.com');
  await want(page, { mug: 0 });
  await press(page, /^Order for/);
  await says(page.getByRole('alert'), /items/);
  await page.getByLabel('How many of mug').fill('');
  await press(page, /^Order for/);
  await says(page.getByRole('alert'), 'How many of mug?');
});

test('offline: it says so, waits, and goes on by itself', async () => {
  const page = await ordered(browsing);
  await page.context().setOffline(true);
  await press(page, 'Cancel the order');
  await says(page.getByRole('alert'), /^No answer came/);
  await says(page.locator('.order'), 'Detent does not answer.');
  await page.context().setOffline(false);
  await page.locator('.order .note-bad').waitFor({ state: 'detached' });
  await press(page, 'Cancel the order');
  await shows(page, 'Cancelled');
});

test('a reload resumes the order; so does its address in another tab', async () => {
  const page = await ordered(browsing);
  const id = await page.locator('.order .id').textContent();
  await page.reload();
  await shows(page, 'AwaitingPayment');
  expect(await page.locator('.order .id').textContent()).toBe(id);
  const other = await open(`/demo/shop#${id}`);
  await shows(other, 'AwaitingPayment');
  await press(page, 'Put it aside');
  expect(await page.evaluate('document.activeElement.id')).toBe('goods-title');
  await page.reload();
  await page.locator('tr[data-sku="mug"]').waitFor();
  expect(await page.locator('.order').count()).toBe(0);
  expect(
    await (await open('/demo/shop#nothing')).getByText('There is no such order').textContent(),
  ).toBeTruthy();
});

test('cancelled: the goods come back; once more, and it is told that it was refused', async () => {
  const page = await open('/demo/shop');
  await page.locator('tr[data-sku="cap"]').waitFor();
  const [onHand = 0, apart = 0, sold = 0] = await piles(page, 'cap');
  await want(page, { mug: 0, cap: 2 });
  await press(page, /^Order for/);
  await shows(page, 'AwaitingPayment');
  await holds(page, 'cap', [onHand - 2, apart + 2, sold]);
  await press(page, 'Cancel the order');
  await shows(page, 'Cancelled');
  await holds(page, 'cap', [onHand, apart, sold]);
  await press(page, 'Cancel the order');
  await says(
    page.locator('.order').getByRole('alert'),
    'Refused, and nothing was changed. The state is Cancelled.',
  );
});

test('a state that the page has no words for is shown by its name', async () => {
  const page = await ordered(browsing);
  await page.route('**/checkouts/*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), state: 'Teleporting' } });
  });
  await shows(page, 'Teleporting');
  await says(page.locator('.order'), 'Teleporting');
});

test('what happens elsewhere is shown live', async () => {
  const page = await ordered(browsing);
  const id = await page.locator('.order .id').textContent();
  await detent().send('DELETE', `/checkouts/${id}`);
  await shows(page, 'Cancelled');
});

test('with the keyboard alone', async () => {
  const page = await open('/demo/shop');
  await page.locator('tr[data-sku="mug"]').waitFor();
  const go = async (name: RegExp) => {
    for (let tabs = 0; tabs < 60; tabs++) {
      if (name.test(String(await page.evaluate('document.activeElement.textContent')))) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${name} is not reached`);
  };
  await go(/^Order for/);
  await page.keyboard.press('Enter');
  await shows(page, 'AwaitingPayment');
  await go(/^Cancel the order/);
  await page.keyboard.press('Space');
  await shows(page, 'Cancelled');
});

describe('for everybody', () => {
  test.each([
    ['light', {}],
    ['dark', dark],
  ])('without barriers: %s', async (_name, options) => {
    const page = await open('/demo/shop', options);
    await page.locator('tr[data-sku="mug"]').waitFor();
    expect(await violations(page)).toEqual([]);
    await want(page, { poster: 9 });
    await press(page, /^Order for/);
    await says(page.getByRole('alert'), /poster/);
    await want(page, { poster: 0 });
    await press(page, /^Order for/);
    await shows(page, 'AwaitingPayment');
    for (const summary of await page.locator('.world summary, .experiment summary').all())
      await summary.click();
    await page.locator('.watch .instance .machine').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test.each([
    ['with nothing', ''],
    ['with an order', 'order'],
  ])('fits a narrow phone, %s', async (_name, what) => {
    const id = what && (await (await ordered(browsing)).locator('.order .id').textContent());
    const page = await open(`/demo/shop#${id}`, phone);
    if (id) await shows(page, 'AwaitingPayment');
    await page.locator('tr[data-sku="mug"]').waitFor();
    for (const summary of await page.locator('.world summary, .experiment summary').all())
      await summary.click();
    expect(await fits(page)).toBe(true);
  });

  test('pictures', async () => {
    const page = await ordered(browsing, { mug: 2, poster: 1 });
    await page.setViewportSize({ width: 1280, height: 900 });
    await watched(page, 'AwaitingPayment');
    await picture(page, 'demo-shop');
    await atTheProvider(browsing, page, 'Pay');
    await shows(page, 'Fulfilled');
    await watched(page, 'Fulfilled');
    await picture(page, 'demo-shop-shipped');
  });
});

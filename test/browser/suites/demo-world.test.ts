/** The panel that breaks the world: it shows how the world is, changes it, kills what can be killed, and makes all of it well. */
import { afterEach, expect, test } from '@jest/globals';
import { inBrowser } from '../support/browser.ts';
import { breaks, heal, kills, ordered, press, says, shows } from '../support/demo.ts';

const browsing = inBrowser();
const { page: open, detent } = browsing;
afterEach(() => heal(browsing));

test('what is broken is so for Detent, is shown after a reload and on every page, and is made well', async () => {
  const page = await open('/demo/shop');
  await breaks(page, 'Webhooks', 'arrive twice');
  await breaks(page, 'The card gateway', 'is overloaded');
  await breaks(page, 'The phone network', 'refuses');
  expect((await detent().get('/dev/faults')).body).toMatchObject({ gateway: 'transient', sms: 'permanent' });
  expect((await detent().get('/dev/sandbox')).body).toMatchObject({ webhooks: 'double' });
  await page.reload();
  await page.locator('.world [data-broken="3"]').waitFor();
  expect(await page.getByLabel('Webhooks').inputValue()).toBe('double');
  const other = await open('/demo/payments');
  await other.locator('.world [data-broken="3"]').waitFor();
  expect(await other.getByLabel('The card gateway').inputValue()).toBe('transient');

  await press(page, 'Make the world well again');
  await page.locator('.world [data-broken="0"]').waitFor();
  expect((await detent().get('/dev/faults')).body).toEqual({
    ...{ sms: 'none', signing: 'none', gateway: 'none', warehouse: 'none' },
  });
  expect((await detent().get('/dev/sandbox')).body).toMatchObject({ webhooks: 'prompt' });
  // What was unfolded to show it stays so.
  expect(await page.getByLabel('The phone network').isVisible()).toBe(true);
  // The other page sees it by itself.
  await other.locator('.world [data-broken="0"]').waitFor();
});

test('while it is not known how the world is, it is not said to be well, and what is not known is not passed over', async () => {
  await detent().post('/dev/sandbox', { webhooks: 'missing' });
  const page = await open('/');
  let isAway = true;
  await page.route('**/dev/sandbox', (route) =>
    isAway && route.request().method() === 'GET' ? route.abort() : route.continue(),
  );
  await page.goto('/demo/shop');
  await page.getByLabel('The card gateway', { exact: true }).waitFor();
  await says(page.locator('.world'), 'Not known yet how the world is.');
  await press(page, 'Make the world well again');
  await says(page.locator('.world'), 'Not known yet how the world is: nothing was changed.');
  expect((await detent().get('/dev/sandbox')).body).toMatchObject({ webhooks: 'missing' });
  isAway = false;
  await press(page, 'Make the world well again');
  await says(page.locator('.world'), 'All is well again.');
  expect((await detent().get('/dev/sandbox')).body).toMatchObject({ webhooks: 'prompt' });
});

test('every part can be broken in every way that the page names', async () => {
  const page = await open('/demo/shop');
  await page.getByText('The rest of the world').click();
  await page.locator('.world select').first().waitFor();
  for (const select of await page.locator('.world select').all()) {
    const ways = await select
      .locator('option')
      .evaluateAll((all) => all.map((one) => one.getAttribute('value')));
    expect(ways.length).toBeGreaterThan(1);
    for (const way of ways) {
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await select.selectOption(String(way));
      // The first is how it was.
      expect((await answered).status()).toBe(200);
    }
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await select.selectOption(String(ways[0]));
    await answered;
  }
});

test('the gateway and the warehouse are really killed, and come back', async () => {
  const page = await open('/demo/shop');
  for (const name of ['gateway', 'warehouse'] as const) await kills(page, name);
});

test('kill -9 of Detent itself: the page says the command, waits, and goes on with its order', async () => {
  const page = await ordered(browsing);
  await page.getByText('The rest of the world').click();
  await says(page, new RegExp(`kill -9 .*tcp:${new URL(detent().url).port}`));
  const before = await page.locator('.order .id').textContent();
  await browsing.restart();
  await press(page, 'Cancel the order');
  await shows(page, 'Cancelled');
  expect(await page.locator('.order .id').textContent()).toBe(before);
});

test('a world whose gateway is a real one shows what can be changed there, and says what cannot', async () => {
  const page = await open('/');
  await page.route('**/dev/sandbox', (route) =>
    route.fulfill({ json: { warehouse: 'prompt', running: { warehouse: 1 } } }),
  );
  await page.route('**/dev/clock', (route) =>
    route.fulfill({
      status: 409,
      json: { type: 'urn:detent:problem:wrong-state', detail: 'The gateway goes by its own clock.' },
    }),
  );
  await page.goto('/demo/shop');
  await page.getByLabel('The warehouse', { exact: true }).waitFor();
  expect(await page.getByLabel('Webhooks').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Kill the gateway' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Kill the warehouse' }).count()).toBe(1);
  await press(page, '+1 h');
  await says(page.locator('.world'), 'Refused, and nothing was changed. The gateway goes by its own clock.');
});

test('the same ways lead to all pages', async () => {
  for (const [path, current] of [
    ['/', 'Login'],
    ['/demo/shop', 'Shop'],
    ['/demo/payments', 'Payments'],
  ] as const) {
    const page = await open(path);
    const ways = page.getByRole('navigation', { name: 'Demonstration' }).getByRole('link');
    await ways.first().waitFor();
    expect(await ways.allTextContents()).toEqual(['Login', 'Shop', 'Payments', 'Inspector']);
    expect(await page.locator('.demo-nav [aria-current="page"]').textContent()).toBe(current);
    for (const way of await ways.all()) {
      const { status } = await detent().get(String(await way.getAttribute('href')));
      expect(status).toBe(200);
    }
  }
});

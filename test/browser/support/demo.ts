/** What a visitor of the demonstration does and sees. */
import { expect } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { inBrowser } from './browser.ts';

type Browsing = ReturnType<typeof inBrowser>;

/** Longer than the slowest warehouse and the slowest gateway take. */
const PATIENCE_MS = 20_000;

/** Waits until the page shows that state; told what it shows instead, where it does not. */
export async function shows(page: Page, state: string): Promise<void> {
  const shown = page.locator(`.standing[data-state="${state}"]`);
  await shown.waitFor({ timeout: PATIENCE_MS }).catch(async () => {
    const other = await page
      .locator('.standing')
      .getAttribute('data-state', { timeout: 100 })
      .catch(() => 'none');
    throw new Error(`it shows ${other}, not ${state}`);
  });
}

/** Waits until some text is to be seen there. */
export const says = (place: Page | Locator, text: string | RegExp): Promise<void> =>
  place.getByText(text).first().waitFor({ timeout: PATIENCE_MS });

export const press = (place: Page | Locator, name: string | RegExp): Promise<void> =>
  place.getByRole('button', { name }).first().click();

/** On hand, set apart, sold, as the page shows it. */
export async function piles(page: Page, sku: string): Promise<number[]> {
  const row = page.locator(`tr[data-sku="${sku}"]`);
  return Promise.all(
    ['on hand', 'set apart', 'sold'].map(async (pile) =>
      Number(await row.locator(`[data-pile="${pile}"]`).textContent()),
    ),
  );
}

/** Waits until the page shows that much of a good. */
export async function holds(page: Page, sku: string, wanted: number[]): Promise<void> {
  const row = page.locator(`tr[data-sku="${sku}"]`);
  const names = ['on hand', 'set apart', 'sold'];
  for (const [at, count] of wanted.entries())
    await row
      .locator(`[data-pile="${names[at]}"]`, { hasText: new RegExp(`^${count}$`) })
      .waitFor({ timeout: PATIENCE_MS })
      .catch(async () => expect(await piles(page, sku)).toEqual(wanted));
}

/** Opens the shop and orders; the order can be paid. */
export async function ordered(
  browsing: Browsing,
  quantities: { [sku: string]: number } = { mug: 1 },
): Promise<Page> {
  const page = await browsing.page('/demo/shop');
  await page.locator('tr[data-sku="mug"]').waitFor();
  await want(page, { mug: 0, ...quantities });
  await press(page, /^Order for/);
  await shows(page, 'AwaitingPayment');
  return page;
}

export async function want(page: Page, quantities: { [sku: string]: number }): Promise<void> {
  for (const [sku, quantity] of Object.entries(quantities))
    await page.getByLabel(`How many of ${sku}`).fill(String(quantity));
}

/** Opens the provider's page, as the link does, and presses a button there. */
export async function atTheProvider(browsing: Browsing, page: Page, deed: string): Promise<Page> {
  const url = await page.getByRole('link', { name: /^Pay at/ }).getAttribute('href');
  const provider = await browsing.elsewhere(String(url));
  if (/^Transfer/.test(deed)) await provider.getByText('Money that comes later').click();
  await press(provider, deed);
  await provider.waitForLoadState();
  return provider;
}

/** Makes a part of the world be so, in the panel. */
export async function breaks(page: Page, part: string, way: string): Promise<void> {
  const select = page.getByLabel(part, { exact: true });
  if (!(await select.isVisible())) await page.getByText('The rest of the world').click();
  await select.selectOption({ label: way });
  await says(page.locator('.world [data-broken]'), new RegExp(`${part} ${way}`, 'i'));
}

/** Presses what sets the world up for an experiment; unfolds it. */
export async function stages(page: Page, experiment: string): Promise<void> {
  const details = page.locator('details.experiment', { hasText: experiment });
  await details.locator('summary').click();
  await details.getByRole('button').click();
  await page.locator('.world [data-broken="1"]').waitFor();
}

/** Moves the clock, as it is labelled: `+1 h`; resolves once everything that has become due is done. */
export async function moves(page: Page, label: string): Promise<void> {
  await press(page, label);
  await says(page.locator('.world'), `It is ${label.slice(1)} later.`);
}

/** Makes all well again, whatever a test has left. */
export async function heal({ detent }: Browsing): Promise<void> {
  await detent().post('/dev/faults', { sms: 'none', signing: 'none', gateway: 'none', warehouse: 'none' });
  await detent().post('/dev/sandbox', { webhooks: 'prompt', warehouse: 'prompt', gateway: 'prompt' });
}

/** What the sandbox gateway's own ledger says of a payment. */
export async function ledgerOf({ detent }: Browsing, id: string): Promise<string[]> {
  // Where the gateway is, only a payment page of it tells.
  const items = [{ sku: 'mug', quantity: 1 }];
  const { body } = await detent().post('/checkouts', { items, email: 'you@example.com' });
  const path = `/checkouts/${body['checkoutId']}`;
  let url: unknown;
  while (url === undefined) url = (await detent().get(path)).body['paymentUrl'];
  const answer = await fetch(`${new URL(String(url)).origin}/_control/ledger`);
  const { lines } = (await answer.json()) as { lines: { paymentId: string; kind: string; value: number }[] };
  return lines.filter(({ paymentId }) => paymentId === id).map(({ kind, value }) => `${kind} ${value}`);
}

/** Waits until the instance beside it is shown in that state. */
export const watched = (page: Page, state: string): Promise<void> =>
  page.locator('.watch .state-name', { hasText: new RegExp(`^${state}$`) }).waitFor({ timeout: PATIENCE_MS });

/** Kills one of the processes beside Detent, and waits until it is there again: as another one. */
export async function kills(page: Page, name: 'gateway' | 'warehouse'): Promise<void> {
  const process = page.locator(`[data-process="${name}"]`, { hasText: /^process \d+$/ });
  const before = Number((await process.textContent())?.slice(8));
  await press(page, `Kill the ${name}`);
  await says(page.locator('.world'), `The ${name}’s process was killed.`);
  await process.filter({ hasNotText: String(before) }).waitFor({ timeout: PATIENCE_MS });
  expect(() => globalThis.process.kill(before, 0)).toThrow('ESRCH');
}

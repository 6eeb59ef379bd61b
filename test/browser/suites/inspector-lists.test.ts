/** How an instance is found in the inspector. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from '../support/browser.ts';
import { inspecting, read } from '../support/inspecting.ts';
import { picture } from '../support/picture.ts';

const { act, atProvider, login, order, page, pass, payment, rests, restart, sandbox } = inspecting();

const hash = (one: Page) => new URL(one.url()).hash;
const rows = (one: Page) => one.locator('.instances li a');
const head = (one: Page, id: string) => one.locator('.instance-id', { hasText: id }).waitFor();

test('where there is nothing yet, it says what to try', async () => {
  const one = await page('/inspect');
  const empty = one.getByRole('region', { name: 'Nothing here yet' });
  await empty.waitFor();
  const links = await empty
    .getByRole('link')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(links).toEqual(['/', '/demo/shop', '/demo/payments']);
  expect(await violations(one)).toEqual([]);
});

test('an id of any flow finds its instance; an unknown one is said to be unknown', async () => {
  const ids = [await login(), await payment(), await order()];
  const one = await page('/inspect');
  for (const id of ids) {
    await one.getByRole('searchbox', { name: 'Instance' }).fill(` ${id}\n`);
    await one.keyboard.press('Enter');
    await head(one, id);
    expect(await one.evaluate('document.activeElement.id')).toBe('main');
    expect(hash(one)).toMatch(new RegExp(`^#/[\\w-]+/${id}$`));
  }
  await one.getByRole('searchbox').fill('nobody');
  await one.getByRole('button', { name: 'Find' }).click();
  await one.getByText('No flow has an instance nobody.').waitFor();
  await head(one, ids[2] ?? '');
  await one.goto('/inspect#/payment/nobody');
  await one.getByText('There is no payment with this id, or no longer.').waitFor();
  await one.goto('/inspect#/nothing');
  await one.getByText('There is no flow nothing.').waitFor();
});

test('by state, chosen in the drawing or in the field; by what is newest', async () => {
  const [created, authorized] = [await payment(), await payment()];
  await act(authorized, 'authorize');
  await rests('payment', authorized, 'Authorized');
  const one = await page('/inspect');
  await one.getByRole('navigation', { name: 'Flows' }).getByRole('link', { name: 'payment' }).click();
  await one.locator('.instances').getByText(created).waitFor();
  expect(await read(rows(one).first())).toContain(authorized);
  await one
    .locator('.sheet')
    .getByRole('button', { name: /^Authorized/ })
    .click();
  expect(hash(one)).toBe('#/payment?state=Authorized');
  await one.locator('.instances').getByText(created).waitFor({ state: 'detached' });
  await one.locator('.instances').getByText(authorized).waitFor();
  expect(await rows(one).allInnerTexts()).toEqual([expect.stringContaining(authorized)]);
  await one.getByLabel('State').selectOption('Created');
  await one.locator('.instances').getByText(created).waitFor();
  expect(await read(rows(one).first())).not.toContain(authorized);
  // An instance that comes into the state comes into the list, and what leaves it leaves.
  const another = await payment();
  await one.locator('.instances').getByText(another).waitFor();
  await act(another, 'authorize');
  await one.locator('.instances').getByText(another).waitFor({ state: 'detached' });
  await one.getByLabel('State').selectOption('any');
  await one.locator('.instances').getByText(another).waitFor();
});

test('an address leads to an instance, and Back leads back', async () => {
  const id = await order();
  await rests('checkout', id, 'AwaitingPayment');
  const one = await page('/inspect#/checkout?state=AwaitingPayment');
  await one.locator('.instances').getByText(id).click();
  await head(one, id);
  expect(hash(one)).toBe(`#/checkout/${id}?state=AwaitingPayment`);
  await one.reload();
  await head(one, id);
  expect(await read(one.locator('.instances a[aria-current]'))).toContain(id);
  await one.goBack();
  await one.getByRole('region', { name: 'Machine of checkout' }).first().waitFor();
  expect(hash(one)).toBe('#/checkout?state=AwaitingPayment');
  await one.goForward();
  await head(one, id);
  await one.getByRole('button', { name: 'Close this instance' }).click();
  await one.locator('.overview').waitFor();
  expect(await one.evaluate('document.activeElement.id')).toBe('main');
});

test('of two searches the last one counts, whichever is answered first', async () => {
  const [first, last] = [await payment(), await payment()];
  const one = await page('/inspect');
  await one.getByRole('link', { name: last }).waitFor();
  const held = Promise.withResolvers<void>();
  await one.route(`**/instances/${first}`, async (route) => {
    await held.promise;
    await route.continue();
  });
  const field = one.getByRole('searchbox');
  await field.fill(`${first}`);
  const late = one.waitForResponse((response) => response.url().endsWith(`/payment/instances/${first}`));
  await field.press('Enter');
  await field.fill(last);
  await field.press('Enter');
  await head(one, last);
  held.resolve();
  await (await late).finished();
  await one.waitForTimeout(200);
  expect(hash(one)).toBe(`#/payment/${last}`);
});

test('what is overdue in a flow that the process does not have', async () => {
  const one = await page('/');
  const dueAt = new Date(Date.now() - 60_000).toISOString();
  const overdue = [{ flow: 'gone', id: 'lost', what: 'effects', state: 'Unheard', dueAt }];
  await one.route('**/inspect/api/overdue', (route) => route.fulfill({ json: { overdue } }));
  await one.goto('/inspect');
  const line = one.getByRole('region', { name: 'Overdue', exact: true }).getByRole('row', { name: 'lost' });
  expect(await read(line)).toMatch(/gone lost\s+Unheard\s+its effects to be performed/);
  await line.getByRole('link').click();
  await one.getByText('There is no flow gone in this process.').waitFor();
});

test('what is overdue: in the list, and what it waits for', async () => {
  const id = await payment();
  const hour = 3_600_000;
  await restart((folder) => retire(folder, id, new Date(Date.now() - hour).toISOString()));
  const one = await page('/inspect#/?only=overdue');
  await one.locator('.instances a', { hasText: id }).getByText('overdue').waitFor();
  const line = one.getByRole('region', { name: 'Overdue', exact: true }).getByRole('row', { name: id });
  await line.waitFor();
  expect(await read(line)).toMatch(/Retired\s+its deadline to be told\s+\d+ \w+ \(/);
  await picture(one, 'inspector-overdue');
  expect(await violations(one)).toEqual([]);
  await line.getByRole('link').click();
  await head(one, id);
  expect(await read(one.locator('.countdown-passed'))).toMatch(/^deadline has been due for /);
  expect(await read(one.locator('.stuck'))).toMatch(/stuck: overdue/);
});

test('what is stuck, why, and what to do', async () => {
  await sandbox({ warehouse: 'silent' });
  const id = await order();
  await rests('checkout', id, 'AwaitingPayment');
  await atProvider(id, 'pay');
  await rests('checkout', id, 'Fulfilling');
  const one = await page('/inspect#/checkout?only=stuck');
  await one.getByText('None is stuck.').waitFor();
  for (let day = 0; day < 4; day++) await pass(86_400);
  await rests('checkout', id, 'FulfilmentUnknown');
  await one.locator('.instances a', { hasText: id }).getByText('alarm').waitFor();
  await one.locator('.instances').getByText(id).click();
  await one.locator('.stuck').waitFor();
  expect(await read(one.locator('.stuck'))).toMatch(/stuck: alarm.*called for a person.*docs\/runbook\.md/s);
  await picture(one, 'inspector-stuck');
  expect(await violations(one)).toEqual([]);
});

/** A state that the definition does not know any more, and a deadline that has passed: nothing moves it. */
function retire(folder: string, id: string, dueAt: string): void {
  const db = new DatabaseSync(join(folder, 'detent.db'));
  db.prepare(
    `UPDATE items SET due_at = :at,
       body = json_set(body, '$.state', 'Retired', '$.deadline', :at, '$.dueAt', :at)
     WHERE pk = :pk AND sk = 'record'`,
  ).run({ at: dueAt, pk: `payment#${id}` });
  db.close();
}

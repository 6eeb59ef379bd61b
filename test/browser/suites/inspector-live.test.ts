/** The inspector while things happen: counters, many changes at once, and a process that goes and comes back. */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { inspecting, read, until } from '../support/inspecting.ts';

const { act, context, faults, page, pass, payment, rests, restart, seen } = inspecting();

const counter = async (one: Page, name: string) =>
  Number(await read(one.locator('.counters dl div', { hasText: name }).locator('dd')));
const live = (one: Page) => one.locator('.connection-live').waitFor();

test('the counters change with what happens', async () => {
  const one = await page('/inspect');
  await live(one);
  await one.locator('.counters dl').waitFor();
  const before = await counter(one, 'transitions');
  await faults({ gateway: 'ambiguous' });
  const id = await payment();
  await act(id, 'authorize');
  await until(
    () => counter(one, 'unknown'),
    (count) => count > 0,
  );
  expect(await one.locator('.counters .trouble', { hasText: 'unknown' }).count()).toBe(1);
  await faults({ gateway: 'none' });
  await pass(20);
  await until(
    () => counter(one, 'retries'),
    (count) => count > 0,
  );
  await until(
    () => counter(one, 'transitions'),
    (count) => count >= before + 3,
  );
  await rests('payment', id, 'Authorized');
});

test('each count stands under its own name', async () => {
  const names = [
    'transitions',
    'conflicts',
    'clashes',
    'delivered',
    'retries',
    'unknown',
    'failed',
    'expired',
  ];
  const counts = Object.fromEntries([...names, 'unavailable', 'alarms'].map((name, n) => [name, 100 + n]));
  const one = await page('/');
  // One process never overtakes itself, as long as nothing takes its time: conflicts are made up here.
  const body = `event: counters\ndata: ${JSON.stringify({ since: new Date().toISOString(), ...counts })}\n\n`;
  await one.route('**/inspect/api/live', (route) =>
    route.fulfill({ contentType: 'text/event-stream', body }),
  );
  await one.goto('/inspect');
  for (const [name, count] of Object.entries(counts))
    await until(
      () => counter(one, name),
      (told) => told === count,
    );
});

test('a hundred changes are few requests, and all of them are seen', async () => {
  const one = await page('/inspect#/payment');
  await live(one);
  await one.getByRole('region', { name: 'Instances, newest' }).waitFor();
  const asked = () => seen(one).requests.length;
  const before = asked();
  const begun = Date.now();
  const ids: string[] = [];
  for (let ten = 0; ten < 10; ten++)
    ids.push(...(await Promise.all(Array.from({ length: 10 }, () => payment()))));
  await one.getByRole('link', { name: ids.at(-1) ?? '' }).waitFor();
  await until(
    () => one.locator('.instances li').count(),
    (count) => count === 100,
  );
  const seconds = (Date.now() - begun) / 1_000;
  expect((asked() - before) / Math.max(1, seconds)).toBeLessThan(5);
});

/** A browser without a window takes every page for a visible one: what it would say of others is said for it. */
const see = (one: Page, isSeen: boolean) =>
  one.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, value: ${!isSeen} });
     document.dispatchEvent(new Event('visibilitychange'))`,
  );

test('many open pages: the one that is seen answers, and is live', async () => {
  const id = await payment();
  const browser = await context();
  const open = async () => {
    const one = await browser.newPage();
    await one.goto('/inspect');
    await live(one);
    return one;
  };
  const first = await open();
  await see(first, false);
  for (let more = 0; more < 7; more++) await see(await open(), false);
  await act(id, 'authorize');
  await see(first, true);
  await first.locator('.instances a', { hasText: id }).getByText('Authorized').waitFor();
  expect(await first.getByText('not live').count()).toBe(0);
});

test('a process that ends and comes back: it is said, and all is fresh again', async () => {
  const id = await payment();
  const one = await page(`/inspect#/payment/${id}`);
  await live(one);
  await one.locator('.state-name', { hasText: 'Created' }).waitFor();
  await restart(async () => {
    await one.getByText('not live: the process does not answer').waitFor();
    // What was seen last stays to be read.
    expect(await read(one.locator('.state-name'))).toBe('Created');
  });
  // Perhaps before the page is connected again.
  await act(id, 'authorize');
  await live(one);
  await one.locator('.state-name', { hasText: 'Authorized' }).waitFor();
  await act(id, 'capture');
  await one.locator('.state-name', { hasText: 'Captured' }).waitFor();
  await one.locator('.instances a', { hasText: id }).getByText('Captured').waitFor();
});

test('a page that is opened while the process is away says so, and is there when it is back', async () => {
  const id = await payment();
  const one = await page('/inspect');
  await live(one);
  await restart(async () => {
    await one.getByText('not live').waitFor();
    await one.evaluate(`location.hash = '#/payment/${id}'`);
    await one.getByText('The process does not answer. It is asked again all the time.').waitFor();
    await one.getByRole('searchbox').fill(id);
    await one.keyboard.press('Enter');
    await one.locator('#find-word', { hasText: 'The process does not answer.' }).waitFor();
  });
  await one.locator('.state-name', { hasText: 'Created' }).waitFor();
});

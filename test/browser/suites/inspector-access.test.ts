/** Who can use the inspector: by keyboard, with a screen reader, in the dark, on a phone. */
import { beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { fits, phone, violations } from '../support/browser.ts';
import { inspecting, until } from '../support/inspecting.ts';
import { picture } from '../support/picture.ts';

const { act, atProvider, codeOf, enter, faults, login, order, page, payment, rests } = inspecting();

const ids = { payment: '', unknown: '', login: '', order: '' };

beforeAll(async () => {
  ids.login = await login();
  await enter(ids.login, await codeOf(ids.login));
  ids.order = await order();
  await rests('checkout', ids.order, 'AwaitingPayment');
  await atProvider(ids.order, 'pay');
  ids.payment = await payment();
  await act(ids.payment, 'authorize');
  await rests('payment', ids.payment, 'Authorized');
  await faults({ gateway: 'ambiguous' });
  ids.unknown = await payment();
  await act(ids.unknown, 'authorize');
  await act(ids.unknown, 'capture');
  await rests('checkout', ids.order, 'Fulfilled');
}, 60_000);

const views: [name: string, fragment: () => string, there: string][] = [
  ['all flows', () => '', '.machines svg >> nth=2'],
  ['a flow', () => '#/payment', '.overview .sheet svg'],
  ['those in a state', () => '#/payment?state=Authorized', '.instances li'],
  ['none', () => '#/checkout?only=stuck', '.instances .aside'],
  ['a payment', () => `#/payment/${ids.payment}`, '.pane-history li'],
  ['its past', () => `#/payment/${ids.payment}?version=2`, '.change'],
  ['what waits', () => `#/payment/${ids.unknown}`, '.waiting'],
  ['a login', () => `#/mfa-login/${ids.login}`, '.pane-history li'],
  ['an order', () => `#/checkout/${ids.order}`, '.pane-history li'],
  ['nothing', () => '#/payment/nobody', '.instance-absent'],
];

const ready = async (one: Page, there: string) => {
  await one.locator(there).first().waitFor();
  await one.locator('.connection-live').waitFor();
  await one.locator('.counters dl').waitFor();
};

test.each(views)('%s: in the light, in the dark, and on a phone', async (name, fragment, there) => {
  const one = await page(`/inspect${fragment()}`);
  await ready(one, there);
  // Also what is folded away.
  await one.evaluate('for (const folded of document.querySelectorAll("details")) folded.open = true');
  const looked = async () => expect([await violations(one), await fits(one)]).toEqual([[], true]);
  await looked();
  await one.emulateMedia({ colorScheme: 'dark' });
  await looked();
  await one.emulateMedia({ colorScheme: 'light' });
  await one.setViewportSize({ width: 320, height: 640 });
  await looked();
  if (name === 'an order') await picture(one, 'inspector-phone');
});

test('the drawing scrolls in its own box, also by keyboard', async () => {
  const one = await page(`/inspect#/payment/${ids.payment}`, phone);
  await ready(one, '.sheet svg');
  const box = one.locator('.sheet-box');
  await box.focus();
  const scrolled = () => one.evaluate<number>('document.querySelector(".sheet-box").scrollLeft');
  const before = await scrolled();
  await one.keyboard.press('ArrowLeft');
  await until(scrolled, (now) => now < before);
  await one.getByRole('button', { name: 'Whole machine' }).click();
  const fitted = () =>
    one.evaluate<boolean>(
      '(box => box.scrollWidth <= box.clientWidth)(document.querySelector(".sheet-box"))',
    );
  await until(fitted, (is) => is);
});

test('by keyboard alone: from the top to an instance, its past, a state of the drawing', async () => {
  const one = await page('/inspect');
  await ready(one, '.instances li');
  const focused = () =>
    one.evaluate<string>(
      'document.activeElement.innerText || document.activeElement.ariaLabel || document.activeElement.id',
    );
  const tabTo = async (is: RegExp) => {
    for (let key = 0; key < 60; key++) {
      await one.keyboard.press('Tab');
      if (is.test(await focused())) return;
    }
    throw new Error(`there is no way to ${is}`);
  };
  await tabTo(/^Skip/);
  await one.keyboard.press('Enter');
  expect(await one.evaluate('document.activeElement.id')).toBe('main');
  await one.getByRole('heading', { level: 1 }).getByRole('link').focus();
  await tabTo(/^find$/);
  await one.keyboard.type(ids.payment);
  await one.keyboard.press('Enter');
  await one.locator('.state-name', { hasText: 'Authorized' }).waitFor();
  await tabTo(/^Version$/);
  await one.keyboard.press('ArrowLeft');
  await one.locator('.state-name', { hasText: 'Authorizing' }).waitFor();
  await tabTo(/^Now$/);
  await one.keyboard.press('Enter');
  await one.locator('.instance-head .state-name', { hasText: 'Authorized' }).waitFor();
  await tabTo(/^Captured/);
  await one.keyboard.press('Enter');
  await one.getByText('There are none.').waitFor();
  expect(new URL(one.url()).hash).toBe(`#/payment/${ids.payment}?state=Captured`);
});

test('who does not see it is told where the instance is, and of the connection', async () => {
  await faults({ gateway: 'none' });
  const id = await payment();
  const one = await page(`/inspect#/payment/${id}`);
  await one.getByRole('status').getByText('payment is in Created, version 1.').waitFor();
  await one.getByRole('status').getByText('live', { exact: false }).waitFor();
  await act(id, 'abort');
  await one.getByRole('status').getByText('payment is in Aborted, version 2.').waitFor();
});

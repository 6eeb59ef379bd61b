/** A journal in the inspector: an instance as it was. */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violations } from '../support/browser.ts';
import { inspecting, read } from '../support/inspecting.ts';
import { picture } from '../support/picture.ts';

const { act, login, page, payment, rests } = inspecting();

const state = (one: Page, name: string) =>
  one.locator('.instance-head .state-name', { hasText: new RegExp(`^${name}$`) }).waitFor();
const at = (one: Page, text: string) => one.locator('.travel-at', { hasText: text }).waitFor();
const slider = (one: Page) => one.getByRole('slider', { name: 'Version' });
const data = (one: Page) => one.getByRole('region', { name: 'Data' });
const steps = (one: Page) => one.locator('.transition');

/** Of five versions. */
async function captured(): Promise<string> {
  const id = await payment();
  await act(id, 'authorize');
  await rests('payment', id, 'Authorized');
  await act(id, 'capture');
  await rests('payment', id, 'Captured');
  return id;
}

test('along the slider by keyboard, with the drawing, the history and the data of then', async () => {
  const one = await page(`/inspect#/payment/${await captured()}`);
  await at(one, 'version 5 of 5');
  await slider(one).focus();
  await one.keyboard.press('ArrowLeft');
  await one.keyboard.press('ArrowLeft');
  await at(one, 'version 3 of 5');
  await state(one, 'Authorized');
  expect(await one.locator('.sheet .state-current .name').textContent()).toBe('Authorized');
  expect(await one.locator('.sheet .state-taken .name').allTextContents()).not.toContain('Captured');
  expect(await steps(one).count()).toBe(3);
  expect(await read(data(one))).not.toMatch(/captured/);
  await one.locator('.change-new', { hasText: 'authorization' }).waitFor();
  expect(await read(one.locator('.change-removed', { hasText: 'request' }))).toMatch(/removed\s*was \{/);
  await picture(one, 'inspector-past');
  expect(await violations(one)).toEqual([]);
  await one.keyboard.press('Home');
  await state(one, 'Created');
  // Of what there was before the first version, nothing: all is new.
  await one.locator('.change-new', { hasText: 'merchant' }).waitFor();
  await one.keyboard.press('End');
  await state(one, 'Captured');
  expect(new URL(one.url()).hash).not.toMatch(/version/);
});

test('step by step, from a line of the history, and back to now', async () => {
  const id = await captured();
  const one = await page(`/inspect#/payment/${id}`);
  await at(one, 'version 5 of 5');
  await one.getByRole('button', { name: 'Earlier version' }).click();
  await state(one, 'Capturing');
  expect(new URL(one.url()).hash).toBe(`#/payment/${id}?version=4`);
  await one.getByRole('button', { name: 'v2: look at this version' }).click();
  await state(one, 'Authorizing');
  await one.getByRole('button', { name: 'Later version' }).click();
  await state(one, 'Authorized');
  await one.getByRole('button', { name: 'Now' }).click();
  await state(one, 'Captured');
  const focused = () => one.evaluate('document.activeElement.ariaLabel || document.activeElement.innerText');
  for (const [key, name, end] of [
    ['ArrowLeft', 'Now', 5],
    ['ArrowLeft', 'Later version', 5],
    ['Home', 'Earlier version', 1],
  ] as const) {
    await slider(one).focus();
    await one.keyboard.press(key);
    const button = one.getByRole('button', { name });
    if (end === 1) await one.keyboard.press('ArrowRight');
    await at(one, end === 1 ? 'version 2 of 5' : 'version 4 of 5');
    await button.focus();
    await one.keyboard.press('Enter');
    await at(one, `version ${end} of 5`);
    // It can do no more, and is still where one is.
    await one.keyboard.press('Enter');
    expect([await button.getAttribute('aria-disabled'), await focused()]).toEqual(['true', name]);
  }
  expect(await slider(one).evaluate((range) => getComputedStyle(range).padding)).toBe('0px');
});

test('who is in the past stays there, and hears of what is newer', async () => {
  const id = await payment();
  await act(id, 'authorize');
  await rests('payment', id, 'Authorized');
  const one = await page(`/inspect#/payment/${id}?version=1`);
  await state(one, 'Created');
  await at(one, 'version 1 of 3');
  await act(id, 'capture');
  await one.getByText('A newer version is there: 5.').waitFor();
  await at(one, 'version 1 of 5');
  await state(one, 'Created');
  expect(await steps(one).count()).toBe(1);
  await one.getByRole('button', { name: 'Now' }).click();
  await state(one, 'Captured');
  await one.getByText('A newer version is there').waitFor({ state: 'detached' });
});

test('a link leads into the past, and Back out of it in one step', async () => {
  const id = await captured();
  const one = await page('/inspect#/payment');
  await one.getByRole('link', { name: id }).click();
  await at(one, 'version 5 of 5');
  for (let step = 4; step >= 2; step--) {
    await one.getByRole('button', { name: 'Earlier version' }).click();
    await at(one, `version ${step} of 5`);
  }
  await one.reload();
  await state(one, 'Authorizing');
  await one.goBack();
  await state(one, 'Captured');
});

test('a version that there is not', async () => {
  const id = await payment();
  const one = await page(`/inspect#/payment/${id}?version=99`);
  await one.getByText('There is no version 99.').waitFor();
  expect(await violations(one)).toEqual([]);
  await one.getByRole('button', { name: 'Look at it as it is now' }).click();
  await state(one, 'Created');
  expect(new URL(one.url()).hash).toBe(`#/payment/${id}`);
  expect(await one.evaluate('document.activeElement.id')).toBe('main');
  await one.goto('/inspect#/payment/nobody?version=99');
  await one.getByText('There is no payment with this id, or no longer.').waitFor();
});

test('what keeps no journal has no past', async () => {
  const one = await page(`/inspect#/mfa-login/${await login()}`);
  await state(one, 'WaitForOtpInput');
  expect(await slider(one).count()).toBe(0);
});

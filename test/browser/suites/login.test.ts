import { describe, expect, test } from '@jest/globals';
import {
  answer,
  field,
  focusOn,
  giveCode,
  givePassword,
  heading,
  press,
  said,
  shows,
  signingIn,
} from '../support/login.ts';

const { open, atCode, signedIn, newPerson, code, wrongCode, sms, advance, asked, detent, messages } =
  signingIn();

describe('a login', () => {
  test('goes from password and code over the session to its end', async () => {
    const person = await newPerson();
    const page = await open();
    expect(await page.title()).toBe('Sign in');
    await givePassword(page, person);
    await heading(page, 'Enter the code');
    expect(await page.title()).toBe('Enter the code');
    await shows(page, `+1•••••••${person.phone.slice(-4)}`);
    await shows(page, /Valid for (5:00|4:5\d) · 3 attempts left/);
    await giveCode(page, await code(person));
    await heading(page, 'You are signed in');
    await shows(page, person.username);
    await shows(page, /The session ends in (15:00|14:5\d)/);
    await press(page, 'Sign out');
    await heading(page, 'You are signed out');
    expect(asked(page)).toEqual(['POST /logins', 'POST /logins/ID/otp', 'DELETE /session']);
    await press(page, 'Sign in again');
    await heading(page, 'Sign in');
    // What was entered before need not be entered again (WCAG 3.3.7).
    expect(await field.username(page).inputValue()).toBe(person.username);
    expect(new URL(page.url()).pathname + new URL(page.url()).search + new URL(page.url()).hash).toBe('/');
  });

  test('is told wrong credentials, and takes the right ones', async () => {
    const person = await newPerson();
    const page = await open();
    await givePassword(page, { ...person, password: 'battery-staple' });
    await shows(page, 'The user name or the password is wrong. Check both, and try again.');
    await givePassword(page, person);
    await heading(page, 'Enter the code');
  });

  test('asks for nothing that cannot be right', async () => {
    const page = await open();
    await press(page, 'Continue');
    await shows(page, 'Enter your user name.');
    await focusOn(page, 'username');
    await field.username(page).fill('x'.repeat(200));
    await press(page, 'Continue');
    await shows(page, 'Enter your password.');
    await focusOn(page, 'password');
    expect(asked(page)).toEqual([]);
    // Too long is what the API says.
    await field.password(page).fill('y');
    await press(page, 'Continue');
    await shows(page, 'A user name has 1 to 128 characters.');
    await focusOn(page, 'username');
  });

  test('shows the password to whoever wants to see it', async () => {
    const page = await open();
    await field.password(page).fill('secret');
    expect(await field.password(page).getAttribute('type')).toBe('password');
    await press(page, 'Show password');
    expect(await field.password(page).getAttribute('type')).toBe('text');
    await press(page, 'Hide password');
    expect(await field.password(page).getAttribute('type')).toBe('password');
    expect(await field.password(page).inputValue()).toBe('secret');
  });
});

describe('the code', () => {
  test('may be typed in two halves', async () => {
    const { page, person } = await atCode();
    const right = await code(person);
    await giveCode(page, `${right.slice(0, 3)}-${right.slice(3)} `);
    await heading(page, 'You are signed in');
  });

  test.each([
    (right: string) => `${right.slice(0, 3)} ${right.slice(3)}`,
    (right: string) => `${right} is your sign-in code. It is valid for 5 minutes.`,
  ])('may be pasted, alone or in its SMS', async (around) => {
    const { page, person } = await atCode({ permissions: ['clipboard-read', 'clipboard-write'] });
    const right = await code(person);
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(around(right))})`);
    await field.code(page).press('ControlOrMeta+V');
    expect(await field.code(page).inputValue()).toBe(right);
    // Nothing happens by pasting alone (WCAG 3.2.2).
    expect(asked(page)).toEqual(['POST /logins']);
    await field.code(page).press('Enter');
    await heading(page, 'You are signed in');
  });

  test('is asked for as browsers and phones understand it', async () => {
    const { page } = await atCode();
    const input = field.code(page);
    expect(await page.locator('#page input').count()).toBe(1);
    expect(await input.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await input.getAttribute('inputmode')).toBe('numeric');
    await input.pressSequentially('123456');
    expect(asked(page)).toEqual(['POST /logins']);
  });

  test('costs no attempt where it is not six digits', async () => {
    const { page } = await atCode();
    await giveCode(page, '12345');
    await shows(page, 'Enter the six digits from the SMS.');
    expect(asked(page)).toEqual(['POST /logins']);
  });

  test('may be wrong twice, is counted once however often it is repeated, and the third closes the login', async () => {
    const { page, person } = await atCode();
    await giveCode(page, await wrongCode(person));
    await shows(page, 'This code is wrong. 2 attempts are left.');
    await focusOn(page, 'code');
    await Promise.all([answer(page, 'POST', /otp$/), press(page, 'Sign in')]);
    await shows(page, 'This code is wrong. 2 attempts are left.');
    await giveCode(page, await wrongCode(person, 2));
    await shows(page, 'This code is wrong. One attempt is left.');
    await giveCode(page, await wrongCode(person, 3));
    await heading(page, 'Too many wrong codes');
    await page.reload();
    await heading(page, 'Too many wrong codes');
    await press(page, 'Start again');
    await heading(page, 'Sign in');
  });

  const MORE = ['It was sent as often as it can be.', 'can be sent 1 more time', 'can be sent 2 more times'];

  test('can be sent again, after a while and as often as is allowed', async () => {
    const { page, person } = await atCode();
    const button = page.getByRole('button', { name: 'Send the code again' });
    await shows(page, /in 0:\d\d · can be sent 3 more times/);
    await button.click({ force: true });
    await said(page, /^You can have it sent again in \d+ seconds?.$/);
    expect(asked(page)).toEqual(['POST /logins']);
    for (const left of [2, 1, 0]) {
      await advance(page, 31);
      await page.locator('button[aria-disabled=false]', { hasText: 'Send the code again' }).waitFor();
      await button.click({ force: true });
      await said(page, 'The code was sent again. It is the same one.');
      await shows(page, MORE[left] ?? '');
    }
    const all = await sms(person, 4);
    expect(new Set(all.map(({ body }) => body.slice(0, 6))).size).toBe(1);
    await advance(page, 31);
    await button.click({ force: true });
    expect(asked(page).filter((one) => one.endsWith('/resend'))).toHaveLength(3);
    await giveCode(page, await codeOfAll(all));
    await heading(page, 'You are signed in');
  });

  const codeOfAll = async (all: { body: string }[]) => all[0]?.body.slice(0, 6) ?? '';

  test('expires by the clock of the API, to the second, without being asked for', async () => {
    const { page } = await atCode();
    await advance(page, 288);
    await shows(page, /Valid for 0:(0\d|1[0-2])/);
    await heading(page, 'The code has expired');
    expect(await page.title()).toBe('The code has expired');
    await said(page, 'A code is valid for a few minutes only.');
    await press(page, 'Start again');
    await heading(page, 'Sign in');
  });

  test('that comes too late is told so', async () => {
    const { page, person } = await atCode();
    const right = await code(person);
    // The page does not know yet.
    await detent().post('/dev/clock', { advanceSeconds: 400 });
    await giveCode(page, right);
    await heading(page, 'The code has expired');
  });
});

describe('what a login ends in', () => {
  test('a session that has expired', async () => {
    const { page } = await signedIn();
    await advance(page, 897);
    await shows(page, /The session ends in 0:0\d/);
    await heading(page, 'Your session has ended');
    await said(page, 'Sign in again.');
    await page
      .getByRole('button', { name: 'Start again' })
      .or(page.getByRole('button', { name: 'Sign in again' }))
      .click();
    await heading(page, 'Sign in');
  });

  test('cancelled, by choice', async () => {
    const { page, person } = await atCode();
    await code(person);
    await press(page, 'Cancel');
    await heading(page, 'Sign-in cancelled');
    await page.reload();
    await heading(page, 'Sign-in cancelled');
  });

  test('an SMS that cannot be sent', async () => {
    await detent().post('/dev/faults', { sms: 'permanent' });
    const person = await newPerson();
    const page = await open();
    await givePassword(page, person);
    await heading(page, 'The code could not be sent');
    await detent().post('/dev/faults', { sms: 'none' });
    expect(await messages(person)).toEqual([]);
    await press(page, 'Start again');
    await givePassword(page, person);
    await heading(page, 'Enter the code');
    await sms(person, 1);
  });

  test('a login that is gone', async () => {
    const { page } = await atCode();
    await advance(page, 400);
    await heading(page, 'The code has expired');
    await advance(page, 2 * 86_400);
    await heading(page, 'Sign in');
    await shows(page, 'This sign-in is no longer known. Start again.');
  });
});

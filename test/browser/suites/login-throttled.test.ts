import { expect, test } from '@jest/globals';
import { field, givePassword, heading, press, shows, signingIn } from '../support/login.ts';

const { open, newPerson, advance, asked, messages, sms } = signingIn({ SMS_QUOTA_PER_PHONE: '2' });

test('a phone that got too many messages is told when there is another, at the code and at the password', async () => {
  const person = await newPerson();
  const page = await open();
  await givePassword(page, person);
  await heading(page, 'Enter the code');
  await advance(page, 31);
  await press(page, 'Send the code again');
  await sms(person, 2);
  await advance(page, 31);
  await press(page, 'Send the code again');
  await shows(page, /Too many messages were sent to your phone. Try again in (59|60) minutes/);
  await press(page, 'Cancel');
  await press(page, 'Start again');
  await field.password(page).fill(person.password);
  await press(page, 'Continue');
  await shows(page, /Too many messages were sent to your phone. Try again in (59|60) minutes/);
  expect(await messages(person)).toHaveLength(2);
  // When it says so, there is another: the refusal is not remembered for it.
  await advance(page, 3_600);
  await press(page, 'Continue');
  await heading(page, 'Enter the code');
  await sms(person, 3);
  expect(asked(page).filter((one) => one === 'POST /logins')).toHaveLength(3);
});

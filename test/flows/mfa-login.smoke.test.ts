import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

test('a login from the password to the session', async () => {
  expect(await world.begin('one')).toMatchObject({ status: 'applied', state: 'WaitForOtpInput' });
  await world.relayAll('one');
  expect(world.sms).toHaveLength(1);
  const answer = await world.tell('one', 'OtpSubmitted', { code: world.code() });
  expect(answer).toMatchObject({ status: 'applied', outcome: 'SessionMinted', state: 'LoggedIn' });
});

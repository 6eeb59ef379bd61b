/**
 * Limits hold against requests that all read the same truth before any of them commits: a barrier holds every action's
 * first run until all have read. Nothing but the conditions in the transactions can stop them then.
 */
import { afterEach, expect, test } from '@jest/globals';
import type { Answer } from '../../core/delivery.ts';
import type { Step } from '../../core/types.ts';
import { accountHash } from '../../flows/mfa-login/failures.ts';
import { createWorld, testSecrets, type World, type WorldOptions } from '../support/world.ts';

let world: World;
afterEach(() => world.close());

/** Lets the first `size` runs of an action end only once all of them have done their reading. */
function barrier(action: string, size: number): NonNullable<WorldOptions['invoke']> {
  let arrived = 0;
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return async (name: string, call: () => Promise<Step>) => {
    const step = await call();
    if (name !== action || arrived >= size) return step;
    arrived++;
    if (arrived === size) open();
    await opened;
    return step;
  };
}

const outcomes = (answers: Answer[], outcome: string) =>
  answers.filter((answer) => 'outcome' in answer && answer.outcome === outcome).length;

const parallel = (count: number, one: (n: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, n) => one(n)));

test('SMS per phone: of eight logins at once, five get one', async () => {
  world = await createWorld({ invoke: barrier('SendOtpSms', 8) });
  const answers = await parallel(8, (n) => world.begin(`login-${n}`));
  expect(outcomes(answers, 'OtpSent')).toBe(5);
  expect(outcomes(answers, 'QuotaUsedUp')).toBe(3);
});

test('SMS per phone, with some taken already: the rest is shared out once', async () => {
  const hold = barrier('SendOtpSms', 4);
  let holding = false;
  world = await createWorld({ invoke: (name, call) => (holding ? hold(name, call) : call()) });
  for (let n = 0; n < 3; n++) await world.begin(`before-${n}`);
  holding = true;
  const answers = await parallel(4, (n) => world.begin(`login-${n}`));
  expect(outcomes(answers, 'OtpSent')).toBe(2);
});

test('wrong passwords from one address: of nine at once with four left, four are counted and the rest find a delay', async () => {
  const hold = barrier('VerifyPassword', 9);
  let holding = false;
  world = await createWorld({ invoke: (name, call) => (holding ? hold(name, call) : call()) });
  for (let n = 0; n < 6; n++) await world.begin(`before-${n}`, 'wrong');
  holding = true;
  await parallel(9, (n) => world.begin(`login-${n}`, 'wrong'));
  const counters = (await world.table.query('users', await failures(), '')).map(
    ({ item }) => item['passwordsLeft'],
  );
  expect(counters.sort()).toEqual([0, 90]);
});

test('after a delay, of several guesses at once one is counted', async () => {
  const hold = barrier('VerifyPassword', 5);
  let holding = false;
  world = await createWorld({ invoke: (name, call) => (holding ? hold(name, call) : call()) });
  for (let n = 0; n < 10; n++) await world.begin(`before-${n}`, 'wrong');
  world.clock.advance(15 * 60_000);
  holding = true;
  await parallel(5, (n) => world.begin(`login-${n}`, 'wrong'));
  const counters = (await world.table.query('users', await failures(), '')).map(
    ({ item }) => item['passwordsLeft'],
  );
  expect(counters.sort()).toEqual([-1, 89]);
});

test('the right password among guesses that used up the limit is refused', async () => {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = false;
  world = await createWorld({
    async invoke(name, call) {
      const step = await call();
      if (name === 'VerifyPassword' && step.outcome === 'PasswordAccepted' && !held) {
        held = true;
        await released;
      }
      return step;
    },
  });
  const right = world.begin('right');
  for (let n = 0; n < 10; n++) await world.begin(`wrong-${n}`, 'wrong');
  release();
  expect(await right).toMatchObject({ status: 'applied', state: 'Denied', outcome: 'PasswordRefused' });
});

/** The partition of the demo user's counters. */
async function failures(): Promise<string> {
  return `failures#${accountHash(await testSecrets('identity'), 'demo')}`;
}

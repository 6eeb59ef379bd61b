import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type How, type Logins, openLogins } from '../../bench/contention/logins.ts';
import { temporaryFolder } from '../support/tables.ts';

const folder = temporaryFolder();
const EVENTS = 10;
let logins: Logins;

beforeAll(async () => {
  logins = await openLogins(folder.path, EVENTS);
});

afterAll(async () => {
  await logins.close();
  folder.remove();
});

test.each<How>(['in turn', 'at once'])(
  'events %s in one process are all answered, none tried twice',
  async (how) => {
    expect(await logins.contend(EVENTS, how)).toMatchObject({ retries: 0, again: 0 });
  },
);

test('events apart meet in the table: each is applied once, after real conflicts', async () => {
  // `contend` throws where one was not applied, or twice.
  const { retries } = await logins.contend(EVENTS, 'apart');
  // All load the same version first, so that all but one come too late.
  expect(retries).toBeGreaterThanOrEqual(EVENTS - 1);
});

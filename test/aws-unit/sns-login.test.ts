/** What becomes of a login whose SMS fails, for every way in which SNS can fail: sender, executor, relay, definition. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { snsClient } from '../../adapters/aws/clients.ts';
import { createSnsSender } from '../../adapters/aws/sns-sms.ts';
import type { EntryItem } from '../../core/bookkeeping.ts';
import { createWorld, type World } from '../support/world.ts';
import { snsError, snsFailures, titled } from './sns-failures.ts';

const mock = mockClient(SNSClient);
const { send } = createSnsSender(snsClient());

let world: World;
beforeEach(async () => {
  mock.reset();
  world = await createWorld({ send });
});
afterEach(() => world.close());
afterAll(() => mock.restore());

const published = () => mock.commandCalls(PublishCommand).length;
const entries = async () =>
  (await world.table.query('flows', 'mfa-login#login', 'entry#')).map(
    ({ item }) => item as unknown as EntryItem,
  );
const lives = async () => (await entries()).flatMap(({ delivery }) => Object.values(delivery));
const trail = async () =>
  (await world.record('login'))?.trail.map(({ type, facts, to }) => [type, facts.at(-1), to]);

/** Begins a login whose first publication fails. */
async function failing(error: Error) {
  mock.on(PublishCommand).rejects(error);
  await world.begin('login');
  await world.relayAll('login');
}

const begun = ['LoginRequested', 'OtpSent', 'WaitForOtpInput'];
const rows = (failure: string) => titled(snsFailures.filter((row) => row[2] === failure));

describe('permanent: SmsFailed is delivered at once, and the definition asks for another SMS', () => {
  test.each(rows('permanent'))('$title', async ({ row, name }) => {
    await failing(snsError(row));
    expect(published()).toBe(1);
    expect(await lives()).toEqual([
      { status: 'failed', attempt: 1, reason: name },
      { status: 'pending', attempt: 0 },
    ]);
    expect(await trail()).toEqual([begun, ['SmsFailed', 'OtpSent', 'WaitForOtpInput']]);
  });
});

describe('transient: three quick tries, then attempt and next time on the entry', () => {
  test.each(rows('transient'))('$title', async ({ row, name }) => {
    await failing(snsError(row));
    expect(published()).toBe(3);
    const nextAt = new Date(world.clock.now() + 15_000).toISOString();
    expect(await lives()).toEqual([{ status: 'pending', attempt: 1, reason: name, nextAt }]);
    expect(await trail()).toEqual([begun]);
  });
});

describe('ambiguous: tried once, and unknown, since the SMS may have gone', () => {
  test.each(rows('ambiguous'))('$title', async ({ row, name }) => {
    await failing(snsError(row));
    expect(published()).toBe(1);
    const nextAt = new Date(world.clock.now() + 15_000).toISOString();
    const performed = 'perhaps';
    expect(await lives()).toEqual([{ status: 'unknown', attempt: 1, reason: name, nextAt, performed }]);
    expect(await trail()).toEqual([begun]);
  });
});

test('an SMS that is sent is delivered, with the id that SNS gave it', async () => {
  mock.on(PublishCommand).resolves({ MessageId: 'm-1' });
  await world.begin('login');
  await world.relayAll('login');
  expect(await lives()).toEqual([{ status: 'delivered', attempt: 1, receipt: 'm-1' }]);
});

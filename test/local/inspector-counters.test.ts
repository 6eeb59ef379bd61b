/** What the inspector counts: each by something that really happens. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Signal } from '../../core/ports.ts';
import { count, noCounts } from '../../local/inspector/counters.ts';
import type { CountersView } from '../../local/inspector/views.ts';
import { demoUser } from '../../local/users.ts';
import { eventually, type Http, openHttp, withKey } from '../support/http.ts';
import { sessionEvent, signed } from '../support/webhooks.ts';

let http: Http;
let begun: string;
beforeEach(async () => {
  http = await openHttp({
    environment: { SMS_QUOTA_PER_PHONE: '50', SMS_QUOTA_PER_PHONE_DAY: '50' },
  });
  begun = new Date(http.runtime.clock.now()).toISOString();
});
afterEach(() => http.close());

const { username, password } = demoUser;
const login = (headers = {}) => http.post('/logins', { username, password }, headers);
const all = async () => (await http.get('/inspect/api/counters')).body as unknown as CountersView;

/** Exactly these are not zero, once nothing is going on. */
async function expectCounters(counters: Partial<CountersView>): Promise<void> {
  await http.runtime.idle();
  const { since, ...counts } = await all();
  expect(Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0))).toEqual(counters);
  expect(since <= begun).toBe(true);
}

/** Time passes, and what is due is tried again. */
async function pass(seconds: number): Promise<void> {
  await http.advance(seconds);
  await http.runtime.idle();
}

test('transitions: what changed something, and not what was told again or refused', async () => {
  await expectCounters({});
  await login(withKey('once'));
  await expectCounters({ transitions: 1, delivered: 1 });
  const again = await login(withKey('once'));
  expect(again.status).toBe(201);
  const id = String(again.body['loginId']);
  await http.post(`/logins/${id}/resend`);
  await http.post('/logins/nobody/resend');
  await http.get(`/logins/${id}`);
  await expectCounters({ transitions: 1, delivered: 1 });
  await http.submit(id, await http.wrong(id));
  await http.del(`/logins/${id}`);
  await expectCounters({ transitions: 3, delivered: 1 });
});

test('transitions: one that a deadline causes', async () => {
  await login();
  await pass(301);
  await expectCounters({ transitions: 2, delivered: 1 });
});

test('conflicts: versions that were overtaken', async () => {
  // They take from the same quota, and none commits before all have read that there is none yet.
  const { table } = http.runtime;
  const transact = table.transact.bind(table);
  const all = Promise.withResolvers<void>();
  let come = 0;
  table.transact = async (...asked) => {
    if (++come === 8) all.resolve();
    await all.promise;
    return transact(...asked);
  };
  const replies = await Promise.all(Array.from({ length: 8 }, () => login()));
  expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(201));
  const conflicts = http.signals.filter(({ type }) => type === 'conflict').length;
  expect(conflicts).toBe(7);
  await expectCounters({ transitions: 8, delivered: 8, conflicts });
});

test('unknown, and a retry: the SMS went, and nobody knows', async () => {
  await http.faults({ sms: 'ambiguous' });
  await login();
  await expectCounters({ transitions: 1, unknown: 1 });
  await pass(15);
  await expectCounters({ transitions: 1, unknown: 2, retries: 1 });
  await http.faults({ sms: 'none' });
  await pass(30);
  await expectCounters({ transitions: 1, unknown: 2, retries: 2, delivered: 1 });
});

test('a retry: the first time nothing went', async () => {
  await http.faults({ sms: 'transient' });
  await login();
  await expectCounters({ transitions: 1 });
  await http.faults({ sms: 'none' });
  await pass(15);
  await expectCounters({ transitions: 1, retries: 1, delivered: 1 });
});

test('expired: nobody wants the code any more, and giving up is no retry', async () => {
  await http.faults({ sms: 'transient' });
  await login();
  await http.runtime.idle();
  await pass(15);
  await expectCounters({ transitions: 1, retries: 1 });
  await pass(300);
  await expectCounters({ transitions: 2, retries: 1, expired: 1 });
});

test('failed: each SMS that was given up', async () => {
  await http.faults({ sms: 'permanent' });
  const { body } = await login();
  await eventually(
    () => http.stateOf(String(body['loginId'])),
    (state) => state === 'DeliveryFailed',
  );
  // The first one, and two in its place; each failure is an event.
  await expectCounters({ transitions: 4, failed: 3 });
});

test('unavailable: the definition found that a service was down', async () => {
  const id = await http.begin();
  const code = await http.code(id);
  await http.faults({ signing: 'transient' });
  expect(await http.submit(id, code)).toMatchObject({ status: 503 });
  await expectCounters({ transitions: 1, delivered: 1, unavailable: 1 });
});

test('unavailable: the execution itself failed', async () => {
  const { table } = http.runtime;
  const read = table.read.bind(table);
  table.read = (key) =>
    key.table === 'flows' ? Promise.reject(Object.assign(new Error('down'), down)) : read(key);
  expect(await http.post('/logins/somebody/resend')).toMatchObject({ status: 503 });
  table.read = read;
  await expectCounters({ unavailable: 1 });
});
const down = { code: 'table-unavailable', advice: 'retry' };

test('alarms: money for an order that is not there', async () => {
  const { body, headers } = signed(sessionEvent('checkout.session.completed', 'nobody'));
  expect(await http.send('POST', '/webhooks/stripe', { body, headers })).toMatchObject({ status: 200 });
  await expectCounters({ alarms: 1 });
});

const login1 = { flow: 'f', flowId: 'i' };

// The SQLite table never clashes, and for the other a process would have to be killed at the right instant.
test.each<[Signal, object]>([
  [{ ...login1, type: 'clash', event: 'E', attempt: 1 }, { clashes: 1 }],
  [{ ...login1, type: 'unavailable', event: 'Deferred', reason: 'r' }, { unavailable: 1 }],
  // There is a `delivered` beside it.
  [{ ...login1, type: 'unavailable', event: 'E', reason: 'r' }, {}],
  [{ ...login1, type: 'delivered', event: 'E', status: 'applied', state: 'S' }, {}],
  [{ type: 'forged', source: 's' }, {}],
])('%j counts as %j', (signal, counted) => {
  const counts = noCounts();
  count(counts, signal);
  expect(counts).toEqual({ ...noCounts(), ...counted });
});

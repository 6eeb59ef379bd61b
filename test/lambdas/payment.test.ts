/** A payment through the Lambda functions, from the API event to the money and to whoever listens. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bookkeepingOf, deliverables, entryItemOf } from '../../core/bookkeeping.ts';
import { order } from '../support/payments.ts';
import { KEY, openPaying } from './paying.ts';

let paying: Awaited<ReturnType<typeof openPaying>>;
beforeAll(async () => {
  paying = await openPaying();
});
afterAll(() => paying.close());

async function created(changes = {}): Promise<string> {
  const { status, body } = await paying.request('POST', '/payments', { ...order, ...changes });
  expect({ status, body }).toMatchObject({ status: 201, body: { state: 'Created', version: 1 } });
  return String(body['paymentId']);
}

/** One request, and the stream until it brings nothing new. */
async function act(id: string, action: string) {
  const reply = await paying.request('POST', `/payments/${id}/${action}`);
  for (let seen = 0; seen !== paying.entries(id).length; ) {
    seen = paying.entries(id).length;
    expect(await paying.stream('effects')).toEqual({ batchItemFailures: [] });
  }
  return reply;
}

const stateOf = async (id: string) => (await paying.request('GET', `/payments/${id}`)).body['state'];
const moved = (id: string) =>
  paying.sandbox
    .ledger()
    .filter(({ paymentId }) => paymentId === id)
    .map(({ kind, value }) => `${kind} ${value}`);
const toldOf = (id: string) => paying.told.filter(({ message }) => message.flowId === id);
/** What became of everything that an entry asks for: `kind status attempt`. */
const fates = (id: string, version: number) => {
  const entry = entryItemOf(paying.entries(id)[version - 1] ?? {});
  return deliverables(entry).map((effect) => {
    const { status, attempt, reason = '' } = bookkeepingOf(entry, effect);
    return `${effect.kind} ${status} ${attempt} ${reason}`.trim();
  });
};

test('authorised, captured and given back: each once, and every transition is told to the bus', async () => {
  const id = await created();
  await act(id, 'authorize');
  expect(await stateOf(id)).toBe('Authorized');
  await act(id, 'capture');
  await act(id, 'reverse');
  expect(await stateOf(id)).toBe('Reversed');
  const value = order.amount.value;
  expect(moved(id)).toEqual([`authorized ${value}`, `captured ${value}`, `refunded ${value}`]);

  const { body } = await paying.request('GET', `/payments/${id}/history`);
  const history = body['entries'] as { version: number; hash: string; from: string; to: string }[];
  const told = toldOf(id).sort((one, other) => one.message.version - other.message.version);
  expect(told.map(({ message: { version, from, to, hash } }) => ({ version, from, to, hash }))).toEqual(
    history.map(({ version, from, to, hash }) => ({ version, from, to, hash })),
  );
  expect(history).toHaveLength(7);
  expect(new Set(told.map(({ bus, source }) => `${bus} ${source}`))).toEqual(
    new Set(['facts-1 detent.payment']),
  );
});

test('a stream that comes again does nothing again, and text messages are another consumer', async () => {
  const before = [paying.told.length, paying.sandbox.ledger().length];
  const id = await created();
  await paying.request('POST', `/payments/${id}/authorize`);
  expect(await paying.stream('sms')).toEqual({ batchItemFailures: [] });
  expect([paying.told.length, paying.sandbox.ledger().length]).toEqual(before);
  await Promise.all([paying.stream('effects'), paying.stream('effects')]);
  await paying.stream('effects');
  expect(moved(id)).toEqual([`authorized ${order.amount.value}`]);
  expect(toldOf(id)).toHaveLength(3);
});

test('a gateway whose answer was lost is asked by the reconciler, and the hold is one', async () => {
  const id = await created();
  Object.assign(paying.controls, { fault: 'ambiguous', times: 1 });
  await act(id, 'authorize');
  expect(await stateOf(id)).toBe('Authorizing');
  expect(fates(id, 2)[0]).toMatch(/^payment.authorize unknown 1 /);
  paying.age(id);
  expect(await paying.reconcile()).toMatchObject({ failures: 0 });
  expect(await stateOf(id)).toBe('Authorized');
  expect(moved(id)).toEqual([`authorized ${order.amount.value}`]);
});

test('a bus that does not take a transition is asked until it does', async () => {
  // What earlier tests have left is for them to tell.
  await paying.stream('effects');
  paying.refusing.times = 3;
  const id = await created();
  expect(await paying.stream('effects')).toEqual({ batchItemFailures: [] });
  expect(fates(id, 1)).toEqual(['publish pending 1 InternalFailure']);
  expect(toldOf(id)).toEqual([]);
  paying.age(id);
  await paying.reconcile();
  expect(fates(id, 1)).toEqual(['publish delivered 2']);
  expect(toldOf(id)).toHaveLength(1);
});

test('no log line holds what a card is known by', () => {
  expect(paying.output.lines().length).toBeGreaterThan(10);
  for (const secret of [KEY, order.paymentMethod]) expect(paying.output.text()).not.toContain(secret);
});

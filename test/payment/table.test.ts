/** The table of the payment, row by row, through HTTP, with the gateway that really answers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rows } from '../../core/definition.ts';
import { expectProblem } from '../support/http.ts';
import { order } from '../support/payments.ts';
import { openPaying, type Paying } from './paying.ts';

const DAY = 86_400;
const VALUE = order.amount.value;

let paying: Paying;
/** The rows that were taken, over all tests. */
const taken = new Set<string>();

beforeAll(async () => {
  paying = await openPaying();
});
afterAll(() => paying.close());
beforeEach(() => paying.sandbox.setFault('none'));

/** The way of a payment, as its history tells it. */
async function way(id: string): Promise<string[]> {
  const entries = await paying.entries(id);
  for (const { from, event } of entries) taken.add(`${event.type} in ${from}`);
  return entries.map(({ event, to }) => `${event.type} → ${to}`);
}

const created = ['PaymentCreated → Created'];
const authorizing = [...created, 'Authorize → Authorizing'];
const authorized = [...authorizing, 'AuthApproved → Authorized'];
const captured = [...authorized, 'Capture → Capturing', 'CaptureSuccess → Captured'];

async function held(paymentMethod = 'pm_card_visa'): Promise<string> {
  const id = await paying.create({ paymentMethod });
  await paying.act(id, 'authorize');
  expect(await paying.view(id)).toMatchObject({ state: 'Authorized' });
  return id;
}

test('created and authorised', async () => {
  const id = await held();
  expect(await way(id)).toEqual(authorized);
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`]);
});

test('aborted before anything is held', async () => {
  const id = await paying.create();
  expect(await paying.act(id, 'abort')).toMatchObject({ status: 202, body: { state: 'Aborted' } });
  expect(await way(id)).toEqual([...created, 'Abort → Aborted']);
  expect(await paying.moved(id)).toEqual([]);
});

test('left alone for an hour', async () => {
  const id = await paying.create();
  await paying.pass(3_599);
  expect(await paying.view(id)).toMatchObject({ state: 'Created' });
  await paying.pass(1);
  expect(await way(id)).toEqual([...created, 'DeadlinePassed → Aborted']);
});

test.each([
  ['pm_card_visa_chargeDeclined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ['pm_card_authenticationRequired', 'authentication_required'],
  // No gateway knows it: that is for the gateway to say.
  [`pm_${'x'.repeat(24)}`, 'resource_missing'],
])('declined: %s', async (paymentMethod, failure) => {
  const id = await paying.create({ paymentMethod });
  await paying.act(id, 'authorize');
  expect(await way(id)).toEqual([...authorizing, 'AuthDeclined → AuthError']);
  expect(await paying.view(id)).toMatchObject({ state: 'AuthError', failure });
  expect(await paying.moved(id)).toEqual([]);
});

test('captured as a whole, then reversed', async () => {
  const id = await held();
  await paying.act(id, 'capture');
  await paying.act(id, 'reverse');
  expect(await way(id)).toEqual([...captured, 'Reverse → Reversing', 'ReverseSuccess → Reversed']);
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`, `captured ${VALUE}`, `refunded ${VALUE}`]);
});

test('captured in part: the rest is released, and only what was captured can come back', async () => {
  const id = await held();
  await paying.act(id, 'capture', { value: 500 });
  await paying.act(id, 'reverse');
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`, 'captured 500', 'refunded 500']);
});

test('a capture that the gateway refuses', async () => {
  const id = await held('pm_card_captureFail');
  await paying.act(id, 'capture');
  expect(await way(id)).toEqual([...authorized, 'Capture → Capturing', 'CaptureFailed → CaptureError']);
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`]);
});

test('a reversal that the gateway refuses', async () => {
  const id = await held('pm_card_refundFail');
  await paying.act(id, 'capture');
  await paying.act(id, 'reverse');
  expect(await way(id)).toEqual([...captured, 'Reverse → Reversing', 'ReverseFailed → ReverseError']);
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`, `captured ${VALUE}`]);
});

test('a reversal that takes its time is asked about', async () => {
  const id = await held('pm_card_pendingRefund');
  await paying.act(id, 'capture');
  await paying.act(id, 'reverse');
  expect(await paying.view(id)).toMatchObject({ state: 'Reversing' });
  await paying.pass(60);
  expect(await way(id)).toEqual([
    ...captured,
    'Reverse → Reversing',
    'DeadlinePassed → Reversing',
    'ReverseSuccess → Reversed',
  ]);
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`, `captured ${VALUE}`, `refunded ${VALUE}`]);
});

test('cancelled', async () => {
  const id = await held();
  await paying.act(id, 'cancel');
  expect(await way(id)).toEqual([...authorized, 'Cancel → Cancelling', 'CancelSuccess → Cancelled']);
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`, `voided ${VALUE}`]);
});

test('a cancellation that the gateway refuses', async () => {
  const id = await held();
  await paying.fault('permanent');
  await paying.act(id, 'cancel');
  expect(await way(id)).toEqual([...authorized, 'Cancel → Cancelling', 'CancelFailed → CancelError']);
});

test('held for a week: released, which the gateway has done by itself', async () => {
  const id = await held();
  await paying.pass(7 * DAY);
  expect(await way(id)).toEqual([...authorized, 'DeadlinePassed → Cancelling', 'CancelSuccess → Cancelled']);
  expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`, `expired ${VALUE}`]);
});

test('an authorisation that has expired at the gateway is not captured', async () => {
  const id = await held();
  // Only the gateway's time passes.
  await paying.sandbox.setClock(paying.http.runtime.clock.offsetMs + 7 * DAY * 1_000);
  await paying.act(id, 'capture');
  await paying.sandbox.setClock(paying.http.runtime.clock.offsetMs);
  expect(await way(id)).toEqual([...authorized, 'Capture → Capturing', 'CaptureFailed → CaptureError']);
  expect(await paying.view(id)).toMatchObject({ failure: 'authorization-expired' });
});

describe('while Authorizing', () => {
  test.each([
    ['capture', 'Capture', ['Capture → Capturing', 'CaptureSuccess → Captured']],
    ['cancel', 'Cancel', ['Cancel → Cancelling', 'CancelSuccess → Cancelled']],
  ])('%s waits', async (action, event, after) => {
    const id = await paying.create();
    await paying.fault('transient');
    await paying.act(id, 'authorize');
    expect(await paying.act(id, action)).toMatchObject({ status: 202, body: { state: 'Authorizing' } });
    await paying.fault('none');
    await paying.pass(60);
    expect(await way(id)).toEqual([
      ...authorizing,
      `${event} → Authorizing`,
      'DeadlinePassed → Authorizing',
      'AuthApproved → Authorized',
      ...after,
    ]);
  });

  test('what waits is dropped by name where the card is declined', async () => {
    const id = await paying.create({ paymentMethod: 'pm_card_visa_chargeDeclined' });
    await paying.fault('transient');
    await paying.act(id, 'authorize');
    await paying.act(id, 'capture');
    await paying.fault('none');
    await paying.pass(60);
    expect((await way(id)).at(-1)).toBe('AuthDeclined → AuthError');
    expect(await paying.view(id)).toMatchObject({ state: 'AuthError' });
  });
});

describe('a gateway that does not say', () => {
  test.each(['Authorizing', 'Capturing', 'Cancelling', 'Reversing'])(
    '%s: it is asked, and nothing happens twice',
    async (state) => {
      const [first, ends] = {
        Authorizing: ['authorize', 'Authorized'],
        Capturing: ['capture', 'Captured'],
        Cancelling: ['cancel', 'Cancelled'],
        Reversing: ['reverse', 'Reversed'],
      }[state] as [string, string];
      const id = await paying.create();
      if (state !== 'Authorizing') await paying.act(id, 'authorize');
      if (state === 'Reversing') await paying.act(id, 'capture');
      await paying.fault('ambiguous');
      await paying.act(id, first);
      expect(await paying.view(id)).toMatchObject({ state });
      const moved = await paying.moved(id);
      await paying.pass(60);
      // Its answers are lost still.
      expect(await paying.view(id)).toMatchObject({ state });
      await paying.fault('none');
      await paying.pass(120);
      const told = await way(id);
      expect(told).toContain(`DeadlinePassed → ${state}`);
      expect(await paying.view(id)).toMatchObject({ state: ends });
      expect(await paying.moved(id)).toEqual(moved);
      const effects = (await paying.entries(id)).flatMap((entry) => entry.effects);
      expect(effects.map(({ kind }) => kind)).toContain('payment.inquire');
    },
  );

  test.each(['error-before', 'error-after'] as const)(
    'an error that it keeps (%s): one hold',
    async (kind) => {
      const id = await paying.create();
      await paying.sandbox.setFault(kind, 1);
      await paying.act(id, 'authorize');
      await paying.pass(60);
      expect(await paying.view(id)).toMatchObject({ state: 'Authorized' });
      expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`]);
    },
  );

  test('asked a day later it is looked up, not sent under a key that is forgotten', async () => {
    const id = await paying.create();
    await paying.sandbox.setFault('ambiguous', 1);
    await paying.act(id, 'authorize');
    await paying.fault('lost');
    await paying.pass(2 * DAY);
    await paying.fault('none');
    await paying.pass(3_600);
    expect(await paying.view(id)).toMatchObject({ state: 'Authorized' });
    expect(await paying.moved(id)).toEqual([`authorized ${VALUE}`]);
  });
});

describe('a yes that comes after all', () => {
  test.each([
    ['AuthError', 'authorize', 'pm_card_visa_chargeDeclined'],
    ['Aborted', 'abort', 'pm_card_visa'],
  ])('in %s: the hold is released', async (state, action, paymentMethod) => {
    const { deliverer, payment } = paying.http.runtime;
    const id = await paying.create({ paymentMethod });
    await paying.act(id, action);
    expect(await paying.view(id)).toMatchObject({ state });
    const other = await held();
    const { authorization = '' } = (await deliverer.load(payment.flow, other))?.data ?? {};
    await paying.tell(id, 'AuthApproved', { authorization });
    await paying.idle();
    expect((await way(id)).slice(-2)).toEqual(['AuthApproved → Cancelling', 'CancelSuccess → Cancelled']);
    expect(await paying.view(id)).not.toHaveProperty('failure');
    expect(await paying.moved(other)).toEqual([`authorized ${VALUE}`, `voided ${VALUE}`]);
  });
});

test('everything else is refused with the state', async () => {
  const id = await held();
  for (const action of ['authorize', 'abort', 'reverse']) {
    const reply = await paying.act(id, action);
    expectProblem(reply, 409, 'wrong-state', { members: { state: 'Authorized' } });
  }
  await paying.act(id, 'capture');
  for (const action of ['authorize', 'abort', 'cancel', 'capture'])
    expectProblem(await paying.act(id, action), 409, 'wrong-state', { members: { state: 'Captured' } });
});

test('every row of the definition was taken', () => {
  const its = rows(paying.http.runtime.payment.flow.definition).map(
    ({ state, event }) => `${event} in ${state}`,
  );
  expect(its.filter((row) => !taken.has(row))).toEqual([]);
});

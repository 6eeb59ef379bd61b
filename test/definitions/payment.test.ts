/** The definition of the payment with its real actions: every row of its table, every way through it, and nothing else. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../core/delivery.ts';
import { examine, foldedTo } from '../../core/journal.ts';
import type { JsonObject } from '../../core/types.ts';
import { paymentActions } from '../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import asl from '../../state-definitions/payment.asl.json' with { type: 'json' };
import { givenUp } from '../support/given-up.ts';
import { createPayments, type Payments } from '../support/payments.ts';
import { Coverage } from './coverage.ts';
import { final, type Row, reach, table, waiting } from './payment.table.ts';

const coverage = new Coverage(asl);
const outcomes = new Set<string | undefined>();
let stopWatching: () => void;
let payments: Payments;

beforeAll(() => {
  stopWatching = coverage.watch();
});
afterAll(() => stopWatching());
beforeEach(() => {
  payments = createPayments();
});
afterEach(() => {
  for (const { outcome } of payments.calls) outcomes.add(outcome);
  payments.close();
});

/** Delivers an event; the passing of a deadline is nobody's to deliver, so time passes and it is asked for. */
async function deliver(event: string, payload: JsonObject = {}): Promise<Answer> {
  if (event !== 'DeadlinePassed') return payments.tell('p', event, payload);
  const deadline = Date.parse((await payments.record('p'))?.deadline ?? '');
  payments.clock.advance(deadline - payments.clock.now());
  return payments.deliverer.check(payments.flow, 'p');
}

describe('a row of the table', () => {
  test.each(table)('$state, $event, $given → $to ($outcome)', async (row) => {
    await reach(payments, 'p', row.state);
    const before = await payments.record('p');
    expect(before?.state ?? 'New').toBe(row.state);
    if (row.given === 'failing') payments.fail('RequestAuthorization');

    const answer = await deliver(row.event, row.payload);

    expect(answer).toMatchObject(expected(row));
    const record = await payments.record('p');
    const entries = await payments.entries('p');
    if (['rejected', 'unavailable'].includes(row.to)) {
      expect(record).toEqual(before);
      expect(entries).toHaveLength(before?.version ?? 0);
      return;
    }
    const version = (before?.version ?? 0) + 1;
    const to = row.to === 'deferred' ? row.state : row.to;
    expect(record).toMatchObject({ state: to, version });
    const last = entries.at(-1);
    expect(last).toMatchObject({ version, from: row.state, to });
    expect(last?.effects.map(({ kind }) => kind)).toEqual(row.effect ? [`payment.${row.effect}`] : []);
    const left = record?.deadline && (Date.parse(record.deadline) - payments.clock.now()) / 1000;
    expect(left).toBe(row.deadline);
    expect(examine({ flow: 'payment', flowId: 'p' }, entries, record)).toEqual({ faults: [], record });
    expect(foldedTo(entries, version - 1)).toEqual(before);
  });

  const expected = ({ to, outcome, state }: Row) => {
    if (to === 'rejected' || to === 'unavailable') return { status: to, reason: outcome };
    if (to === 'deferred') return { status: to, state, outcome };
    return { status: 'applied', state: to, outcome };
  };
});

test('an event without a row is refused in every state, and nothing is written', async () => {
  const types = [...new Set(table.map(({ event }) => event)), 'Unknown', '', '__proto__', 'New', 'Captured'];
  for (const state of [...waiting, ...final]) {
    await reach(payments, state, state);
    const before = await payments.record(state);
    for (const type of types.filter(
      (one) => !table.some((row) => row.state === state && row.event === one),
    )) {
      const answer = await payments.tell(state, type);
      expect({ type, ...answer }).toMatchObject({ type, status: 'rejected', reason: 'NotAllowed', state });
    }
    expect(await payments.record(state)).toEqual(before);
  }
});

test('the gateway is asked after 60 s, then after twice as long each time, at most an hour', async () => {
  await reach(payments, 'p', 'Authorizing');
  const pauses: number[] = [];
  for (let n = 0; n < 9; n++) {
    const deadline = Date.parse((await payments.record('p'))?.deadline ?? '');
    pauses.push((deadline - payments.clock.now()) / 1000);
    await deliver('DeadlinePassed');
  }
  expect(pauses).toEqual([60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
  await payments.tell('p', 'AuthApproved', { authorization: 'pi_1' });
  await payments.tell('p', 'Capture');
  const record = await payments.record('p');
  expect(Date.parse(record?.deadline ?? '') - payments.clock.now()).toBe(60_000);
});

describe('an action that fails', () => {
  const actions: [action: string, state: string, event: string][] = [
    ['ValidatePayment', 'New', 'PaymentCreated'],
    ['CheckCapture', 'Authorizing', 'Capture'],
    ['RequestCapture', 'Authorized', 'Capture'],
    ['VoidAuthorization', 'Authorized', 'Cancel'],
    ['RequestReversal', 'Captured', 'Reverse'],
    ['AskGateway', 'Authorizing', 'DeadlinePassed'],
    ['NoteAnswer', 'Authorizing', 'AuthApproved'],
    ['NoteAnswer', 'Aborted', 'AuthApproved'],
    ['RequestAuthorization', 'Created', 'Authorize'],
  ];

  test.each(actions)('%s in %s, %s: nothing is written', async (action, state, event) => {
    await reach(payments, 'p', state);
    payments.fail(action);
    const before = await payments.record('p');
    expect(await deliver(event, {})).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
    expect(await payments.record('p')).toEqual(before);
  });

  test.each(actions)('%s in %s, %s may hang: it is given up after its time', async (action, state, event) => {
    await reach(payments, 'p', state);
    payments.fail(action, 'hangs');
    const before = await payments.record('p');
    expect(await givenUp(() => deliver(event))).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
    expect(await payments.record('p')).toEqual(before);
  });
});

test('an answer that is understood by nobody moves no money', async () => {
  await reach(payments, 'p', 'Authorizing');
  payments.fail('NoteAnswer', 'says what nobody knows');
  const before = await payments.record('p');
  expect(await deliver('AuthApproved', { authorization: 'pi_1' })).toMatchObject({ status: 'unavailable' });
  expect(await payments.record('p')).toEqual(before);
});

test('a yes that names no hold is none', async () => {
  await reach(payments, 'p', 'Authorizing');
  expect(await deliver('AuthApproved', {})).toMatchObject({ status: 'unavailable' });
  expect(await deliver('AuthApproved', { authorization: '' })).toMatchObject({ status: 'unavailable' });
  expect((await payments.record('p'))?.state).toBe('Authorizing');
});

test('all of it has been entered, and every outcome seen', async () => {
  // Route lets no other state come so far.
  expect(coverage.missing()).toEqual(['StillWaiting default → Unavailable']);
  const declared = paymentActions(defaultPaymentSettings).flatMap((action) => action.outcomes);
  expect([...outcomes].sort()).toEqual([...new Set(declared)].sort());
});

/** What time does to an instance: deadlines and expiry. */
import { describe, expect, test } from '@jest/globals';
import { recordKey } from '../../core/flow.ts';
import { door, engines, FLOW, go, type Rules } from '../support/engine.ts';

const { start } = engines();

describe('deadlines', () => {
  test('are checked against the record, never taken from outside', async () => {
    const { deliverer, flow, tell, clock, record } = start({ rules: door });
    await tell('d', 'Made');
    expect((await record('d'))?.deadline).toBe(new Date(clock.now() + 60_000).toISOString());
    clock.advance(59_999);
    expect(await deliverer.check(flow, 'd')).toMatchObject({ status: 'rejected', reason: 'NothingDue' });
    clock.advance(1);
    expect(await deliverer.check(flow, 'd')).toMatchObject({ status: 'applied', state: 'Open', version: 2 });
    expect((await record('d'))?.trail.at(-1)).toMatchObject({
      eventId: 'd/1/deadline',
      type: 'DeadlinePassed',
    });
    expect(await deliverer.check(flow, 'd')).toMatchObject({ status: 'rejected', reason: 'NothingDue' });
  });

  test('from outside are refused', async () => {
    const { tell, clock, record } = start({ rules: door });
    await tell('d', 'Made');
    clock.advance(60_000);
    expect(await tell('d', 'DeadlinePassed')).toMatchObject({ status: 'rejected', reason: 'NotAllowed' });
    expect((await record('d'))?.state).toBe('Closed');
  });

  test('stay where they are in a transition to the same state', async () => {
    const { tell, clock, record } = start({ rules: door });
    await tell('d', 'Made');
    const { deadline } = (await record('d')) ?? {};
    clock.advance(30_000);
    await tell('d', 'Knocked', { n: 1 });
    expect((await record('d'))?.deadline).toBe(deadline);
  });

  test('count anew where their own passing leads to the same state', async () => {
    const again: Rules = [
      ['New', 'Made', go('Waiting', {}, { deadlineSeconds: 60 })],
      ['Waiting', 'DeadlinePassed', go('Waiting', {}, { deadlineSeconds: 120 })],
    ];
    const { tell, clock, record, deliverer, flow } = start({ rules: again });
    await tell('d', 'Made');
    clock.advance(60_000);
    await deliverer.check(flow, 'd');
    expect((await record('d'))?.deadline).toBe(new Date(clock.now() + 120_000).toISOString());
  });

  test('a late check does not touch what has moved on', async () => {
    const { deliverer, flow, tell, clock, record } = start({ rules: door });
    await tell('d', 'Made');
    clock.advance(60_000);
    await tell('d', 'Opened');
    expect(await deliverer.check(flow, 'd')).toMatchObject({
      status: 'rejected',
      reason: 'NothingDue',
      state: 'Open',
    });
    expect((await record('d'))?.version).toBe(2);
  });
});

describe('expiry', () => {
  const short = { rules: door, retentionSeconds: 100 };

  test('a final state is kept for its retention and then reads as absent', async () => {
    const { tell, clock, record } = start(short);
    await tell('d', 'Made');
    await tell('d', 'Opened');
    await tell('d', 'Broken');
    expect(await record('d')).toMatchObject({
      state: 'Broken',
      expiresAt: new Date(clock.now() + 100_000).toISOString(),
    });
    expect((await record('d'))?.deadline).toBeUndefined();
    clock.advance(99_999);
    expect(await record('d')).toBeDefined();
    clock.advance(1);
    expect(await record('d')).toBeUndefined();
    expect(await tell('d', 'Opened')).toEqual({ status: 'not-found' });
  });

  test('a late event in a final state does not prolong it', async () => {
    const late: Rules = [...door, ['Broken', 'Late', go('Broken', {}, { final: true })]];
    const { tell, clock, record } = start({ ...short, rules: late });
    await tell('d', 'Made');
    await tell('d', 'Opened');
    await tell('d', 'Broken');
    const { expiresAt } = (await record('d')) ?? {};
    clock.advance(50_000);
    expect(await tell('d', 'Late')).toMatchObject({ status: 'applied', state: 'Broken' });
    expect((await record('d'))?.expiresAt).toBe(expiresAt);
  });

  test('creating anew succeeds where the record is gone and an entry of its is not', async () => {
    const { tell, table } = start({
      ...short,
      persistence: 'outbox',
      rules: [['New', 'Made', go('Over', { effects: [{ kind: 'bell', id: 'd/1/1' }] }, { final: true })]],
    });
    await tell('d', 'Made', {}, 'e1');
    await table.transact([{ op: 'delete', key: recordKey(FLOW, 'd') }]);
    expect(await tell('d', 'Made', {}, 'e1')).toMatchObject({
      status: 'applied',
      replayed: false,
      version: 1,
    });
  });

  test('creating over an expired record continues its numbering', async () => {
    const { tell, clock, table } = start({ ...short, persistence: 'outbox' });
    await tell('d', 'Made', {}, 'e1');
    await tell('d', 'Opened');
    await tell('d', 'Broken');
    clock.advance(100_000);
    expect(await tell('d', 'Made', {}, 'e1')).toMatchObject({
      status: 'applied',
      replayed: false,
      version: 4,
    });
    expect(await table.read(recordKey(FLOW, 'd'))).toMatchObject({
      state: 'Closed',
      version: 4,
      trail: [{ version: 4 }],
    });
  });
});

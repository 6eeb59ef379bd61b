import { afterEach, describe, expect, test } from '@jest/globals';
import { DetentError } from '../../core/errors.ts';
import type { EffectExecutor, Performed, Table } from '../../core/ports.ts';
import { createReconciler } from '../../core/reconciler.ts';
import { createEngine, type Engine, FLOW, go, type Rules } from '../support/engine.ts';
import { ringing } from './bell.ts';

let engine: Engine;
afterEach(() => engine.close());

const rules: Rules = [
  ['New', 'Made', go('Waiting', {}, { deadlineSeconds: 60 })],
  ['Waiting', 'DeadlinePassed', go('Over', {}, { final: true })],
];

test('drives what is due, and only that', async () => {
  engine = createEngine({ rules });
  await engine.tell('early', 'Made');
  engine.clock.advance(30_000);
  await engine.tell('late', 'Made');
  engine.clock.advance(30_000);
  expect(await engine.reconcile()).toEqual({ records: 1, entries: 0, failures: 0 });
  expect(await engine.record('early')).toMatchObject({ state: 'Over' });
  expect(await engine.record('late')).toMatchObject({ state: 'Waiting' });
  expect(await engine.reconcile()).toEqual({ records: 0, entries: 0, failures: 0 });
});

test('drives an entry that has been pending for a minute, not before: the relay is quicker', async () => {
  const performed: string[] = [];
  const bell: EffectExecutor = {
    perform: async ({ id }) => {
      performed.push(id);
      return { done: true };
    },
    failure: () => undefined,
  };
  engine = createEngine({ rules: [['New', 'Made', ringing({})]], executors: { bell } });
  await engine.tell('d', 'Made');
  engine.clock.advance(59_999);
  expect(await engine.reconcile()).toMatchObject({ entries: 0 });
  engine.clock.advance(1);
  expect(await engine.reconcile()).toEqual({ records: 0, entries: 1, failures: 0 });
  expect(performed).toEqual(['d/1/1']);
});

test('goes through more than one page', async () => {
  engine = createEngine({ rules });
  for (let n = 0; n < 250; n++) await engine.tell(`d${n}`, 'Made');
  engine.clock.advance(60_000);
  expect(await engine.reconcile()).toEqual({ records: 250, entries: 0, failures: 0 });
});

describe('one pass over several pages', () => {
  /** Instances that wait for their deadline, and a `check` that the test can hold up. */
  async function waiting(count: number, hold: (flowId: string) => Promise<void>, table?: Partial<Table>) {
    engine = createEngine({ rules });
    for (let n = 0; n < count; n++) await engine.tell(`d${n}`, 'Made');
    engine.clock.advance(60_000);
    const checked = new Set<string>();
    const { table: real, clock, flow, relay } = engine;
    const reconcile = createReconciler({
      ...{ clock, relay, flows: { [FLOW]: flow } },
      table: { read: (key) => real.read(key), due: (...asked) => real.due(...asked), ...table } as Table,
      async check(_flow, flowId) {
        await hold(flowId);
        checked.add(flowId);
        return { status: 'not-found' };
      },
    });
    return { reconcile, checked };
  }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

  test('waits for the slowest at its end only', async () => {
    const slow = Promise.withResolvers<void>();
    const { reconcile, checked } = await waiting(250, (id) => (id === 'd0' ? slow.promise : turn()));
    const pass = reconcile();
    for (let turns = 0; turns < 1_000 && checked.size < 249; turns++) await turn();
    expect(checked.size).toBe(249);
    slow.resolve();
    expect(await pass).toMatchObject({ records: 250 });
  });

  test('that the index breaks off finishes what it has begun, and fails', async () => {
    const gone = new DetentError('table-unavailable', 'gone');
    let asked = 0;
    const { reconcile, checked } = await waiting(150, turn, {
      due: async (...page) => {
        if (++asked > 1) throw gone;
        return engine.table.due(...page);
      },
    });
    await expect(reconcile()).rejects.toBe(gone);
    expect(checked.size).toBe(100);
  });
});

test('deadlines wait for no effect, however many hang', async () => {
  const hung = Promise.withResolvers<Performed>();
  const bell: EffectExecutor = { perform: () => hung.promise, failure: () => undefined };
  const made: Rules = [['New', 'Rings', ringing({})], ...rules];
  engine = createEngine({ rules: made, executors: { bell } });
  for (let n = 0; n < 200; n++) await engine.tell(`rings-${n}`, 'Rings');
  await engine.tell('waits', 'Made');
  engine.clock.advance(61_000);
  const pass = engine.reconcile();
  for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(await engine.record('waits')).toMatchObject({ state: 'Over' });
  hung.resolve({ done: true });
  expect(await pass).toMatchObject({ records: 1, entries: 200, failures: 0 });
});

test('one item that fails holds up no other, and is reported', async () => {
  engine = createEngine({ rules });
  const { table, clock, deliverer, flow, relay, signals } = engine;
  await engine.tell('good', 'Made');
  await table.transact([
    {
      op: 'put',
      key: { table: 'flows', pk: 'unknown#x', sk: 'record' },
      item: { dueAt: '2000-01-01T00:00:00.000Z' },
    },
  ]);
  const reconcile = createReconciler({
    table,
    clock,
    relay,
    flows: { [FLOW]: flow },
    check: deliverer.check,
    observe: (signal) => signals.push(signal),
  });
  clock.advance(60_000);
  expect(await reconcile()).toEqual({ records: 1, entries: 0, failures: 1 });
  expect(await engine.record('good')).toMatchObject({ state: 'Over' });
  expect(signals).toContainEqual({
    type: 'failure',
    where: 'reconciler',
    subject: 'unknown#x/record',
    error: expect.any(String),
  });
});

test('entries that no relay can use are counted at each pass, and hold up no other', async () => {
  let performed = 0;
  const bell: EffectExecutor = {
    perform: async () => {
      performed++;
      return { done: true };
    },
    failure: () => undefined,
  };
  engine = createEngine({ rules: [['New', 'Made', ringing({})]], executors: { bell } });
  const dueAt = '2000-01-01T00:00:00.000Z';
  const complete = { flow: FLOW, flowId: 'bad', version: 1, revision: 0, effects: [], delivery: {}, dueAt };
  const { flow: _, ...placeless } = complete;
  const bad = [
    { dueAt },
    { ...complete, effects: 'bell' },
    { ...complete, effects: [null] },
    { ...complete, effects: [{ kind: 'bell' }] },
    { ...complete, delivery: 'none' },
    { ...complete, revision: '0' },
    placeless,
  ];
  for (const [n, item] of bad.entries()) {
    await engine.table.transact([
      { op: 'put', key: { table: 'flows', pk: `${FLOW}#bad-${n}`, sk: 'entry#0000000001' }, item },
    ]);
  }
  await engine.tell('good', 'Made');
  engine.clock.advance(60_000);
  const failures = bad.length;
  expect(await engine.reconcile()).toEqual({ records: 0, entries: failures + 1, failures });
  expect(performed).toBe(1);
  expect(await engine.reconcile()).toEqual({ records: 0, entries: failures, failures });
  const told = engine.signals.filter(({ type }) => type === 'failure');
  expect(told).toHaveLength(2 * failures);
  for (const one of told) {
    expect(one).toMatchObject({
      where: 'reconciler',
      error: expect.stringContaining('Detent.invalid-entry'),
    });
  }
});

test('it tells how long the oldest open entry has waited, and nothing of those that are settled', async () => {
  const oldest = () =>
    engine.signals.flatMap((signal) => (signal.type === 'reconciled' ? [signal.oldestSeconds] : []));
  const bell: EffectExecutor = { perform: async () => ({ done: true }), failure: () => undefined };
  engine = createEngine({ rules: [['New', 'Made', ringing({})]], executors: { bell } });
  await engine.reconcile();
  await engine.tell('first', 'Made');
  engine.clock.advance(30_000);
  await engine.tell('second', 'Made');
  engine.clock.advance(90_500);
  await engine.reconcile();
  await engine.reconcile();
  expect(oldest()).toEqual([0, 120.5, 0]);
});

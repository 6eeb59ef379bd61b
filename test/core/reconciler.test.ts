import { afterEach, expect, test } from '@jest/globals';
import type { EffectExecutor } from '../../core/ports.ts';
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

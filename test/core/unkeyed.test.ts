/** A refusal without an idempotency key speaks of its own try alone; alarms are raised whatever comes between. */
import { describe, expect, test } from '@jest/globals';
import { alarm, alarmExecutors } from '../../core/alarm.ts';
import { EffectError, type EffectFailure } from '../../core/errors.ts';
import type { EffectExecutor, Table } from '../../core/ports.ts';
import { createEngine, go, type Rules } from '../support/engine.ts';
import { temporaryTable } from '../support/tables.ts';

const rules: Rules = [
  [
    'New',
    'Made',
    go('Sent', { effects: [{ id: 'd/1/1', kind: 'command' }] }, { deadlineSeconds: 9_999_999 }),
  ],
  ['Sent', 'Refused', go('Undone', {}, { final: true })],
];

async function ended(failures: EffectFailure[], unkeyed: boolean) {
  const left = [...failures];
  const command: EffectExecutor = {
    persistent: true,
    ...(unkeyed && { unkeyed }),
    async perform() {
      const failure = left.shift();
      if (failure) throw new EffectError(failure, 'x');
      return { done: true };
    },
    failure: (_effect, { failure }) =>
      failure === 'permanent' ? { type: 'Refused', payload: {} } : undefined,
  };
  const engine = createEngine({ rules, executors: { command }, relay: { settings: { quickTries: 1 } } });
  await engine.tell('d', 'Made');
  for (let n = 0; n < 9; n++) {
    await engine.relayAll('d');
    engine.clock.advance(300_000);
  }
  const { state } = (await engine.record('d')) ?? {};
  const [entry] = await engine.entries('d');
  const { status } = Object.values(entry?.['delivery'] as { [id: string]: { status: string } })[0] ?? {};
  engine.close();
  return [state, status];
}

describe('a refusal for good', () => {
  test.each<[EffectFailure[], boolean, string[]]>([
    [['permanent'], true, ['Undone', 'failed']],
    [['transient', 'transient', 'permanent'], true, ['Undone', 'failed']],
    // An earlier try may have gone: nobody may take that for a no.
    [['ambiguous', 'permanent'], true, ['Sent', 'unknown']],
    [['ambiguous', 'transient', 'permanent'], true, ['Sent', 'unknown']],
    // With a key the other side knows the tries before.
    [['ambiguous', 'permanent'], false, ['Undone', 'failed']],
    [['ambiguous', 'transient', 'ambiguous'], true, ['Sent', 'delivered']],
  ])('after %j, unkeyed: %j', async (failures, unkeyed, expected) => {
    expect(await ended(failures, unkeyed)).toEqual(expected);
  });
});

test('an alarm is a signal, once its transition is committed, and again where a process died with it', async () => {
  const alarms: object[] = [];
  const executors = alarmExecutors((signal) => void alarms.push(signal));
  let dies = true;
  const engine = createEngine({
    rules: [
      ['New', 'Made', go('Lost', { effects: [{ id: 'd/1/1', ...alarm('Silence') }] }, { final: true })],
    ],
    executors,
    relay: {
      async crash(point) {
        if (point !== 'mark.before' || !dies) return;
        dies = false;
        throw new Error('died');
      },
    },
  });
  await engine.tell('d', 'Made');
  expect(alarms).toEqual([]);
  await engine.relayAll('d').catch(() => {});
  engine.clock.advance(60_000);
  await engine.relayAll('d');
  const raised = { type: 'alarm', flow: 'door', flowId: 'd', reason: 'Silence' };
  expect(alarms).toEqual([raised, raised]);
  await engine.relayAll('d');
  expect(alarms).toHaveLength(2);
  engine.close();
});

test('an event that a new instance refuses is refused, and creates nothing', async () => {
  const engine = createEngine({
    rules: [['New', 'Made', () => ({ rejected: { reason: 'NoSuchGood', reply: { good: 'car' } } })]],
  });
  const answer = { status: 'rejected', reason: 'NoSuchGood', state: 'New', reply: { good: 'car' } };
  expect(await engine.tell('d', 'Made')).toEqual(answer);
  const event = { id: 'e', type: 'Made', payload: {} };
  const fresh = { flow: engine.flow, flowId: 'd', event, fresh: true };
  expect(await engine.deliverer.deliver(fresh)).toEqual(answer);
  expect(await engine.record('d')).toBeUndefined();
  expect(await engine.tell('d', 'Unknown')).toEqual({ status: 'not-found' });
  engine.close();
});

test('where it is known that trying again is of no use for a while, nobody tries', async () => {
  let tries = 0;
  const slow: EffectExecutor = {
    persistent: true,
    async perform() {
      tries++;
      throw new EffectError('transient', 'on-its-way', 3_600_000);
    },
    failure: () => undefined,
  };
  const engine = createEngine({ rules, executors: { command: slow } });
  await engine.tell('d', 'Made');
  for (let minutes = 0; minutes < 600; minutes += 5) {
    await engine.relayAll('d');
    engine.clock.advance(300_000);
  }
  expect(tries).toBe(10);
  engine.close();
});

test('a delivery that finds others in its way all the time ends before whoever waits for it is gone', async () => {
  const { table, close } = temporaryTable();
  const view: Table = {
    ...{ read: (key) => table.read(key), query: (...asked) => table.query(...asked) },
    ...{ due: (...asked) => table.due(...asked), transact: async () => 'clash' },
  };
  const engine = createEngine({ rules, table: view });
  const begun = engine.clock.now();
  expect(await engine.tell('d', 'Made')).toMatchObject({ status: 'conflict' });
  expect(engine.clock.now() - begun).toBeLessThan(27_000);
  close();
});

import { afterEach, describe, expect, test } from '@jest/globals';
import { DetentError } from '../../core/errors.ts';
import { recordKey } from '../../core/flow.ts';
import type { Table, TransactOutcome } from '../../core/ports.ts';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  FLOW,
  go,
  type Rule,
  type Rules,
} from '../support/engine.ts';
import { temporaryTable } from '../support/tables.ts';

let engine: Engine;
afterEach(() => engine.close());
const start = (options: EngineOptions) => {
  engine = createEngine(options);
  return engine;
};

const rules: Rules = [
  [
    'New',
    'Made',
    go('Closed', { data: { opened: 0 }, facts: [{ type: 'WasMade' }] }, { deadlineSeconds: 60 }),
  ],
  ['Closed', 'Opened', go('Open', {}, { deadlineSeconds: 10 })],
  [
    'Closed',
    'Knocked',
    ({ step, event }) => ({ state: 'Closed', step: { ...step, data: { ...step.data, ...event.payload } } }),
  ],
  ['Open', 'Closed', go('Closed', { reply: { secret: 'once' } }, { deadlineSeconds: 60 })],
  ['Open', 'Broken', go('Broken', {}, { final: true })],
  ['Closed', 'Jammed', () => ({ unavailable: { reason: 'Jam' } })],
  ['Closed', 'DeadlinePassed', go('Open', {}, { deadlineSeconds: 10 })],
];

describe('one event is one transition is one transaction', () => {
  test('creates an instance at version 1, and moves it on by one each time', async () => {
    const { tell, record } = start({ rules });
    expect(await tell('d', 'Made')).toMatchObject({
      status: 'applied',
      state: 'Closed',
      version: 1,
      outcome: 'WasMade',
    });
    expect(await tell('d', 'Opened')).toMatchObject({
      status: 'applied',
      state: 'Open',
      version: 2,
      outcome: 'Open',
    });
    expect(await record('d')).toMatchObject({ state: 'Open', version: 2, createdAt: engine.clock.iso() });
    expect((await engine.entries('d')).map(({ version, from, to }) => [version, from, to])).toEqual([
      [1, 'New', 'Closed'],
      [2, 'Closed', 'Open'],
    ]);
  });

  test('costs one read and one transaction', async () => {
    const { table, close } = temporaryTable();
    const calls: string[] = [];
    const note = <T>(call: string, result: T): T => {
      calls.push(call);
      return result;
    };
    const counted: Table = {
      read: (key) => note('read', table.read(key)),
      query: (...args) => note('query', table.query(...args)),
      due: (...args) => note('due', table.due(...args)),
      transact: (writes) => note(`transact ${writes.length}`, table.transact(writes)),
    };
    const { tell } = start({ rules, table: counted, persistence: 'outbox' });
    await tell('d', 'Made');
    await tell('d', 'Opened');
    expect(calls).toEqual(['read', 'transact 1', 'read', 'transact 1']);
    close();
  });

  test('an event that the state does not allow writes nothing', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made');
    const before = await record('d');
    expect(await tell('d', 'Closed')).toMatchObject({
      status: 'rejected',
      reason: 'NotAllowed',
      state: 'Closed',
    });
    expect(await record('d')).toEqual(before);
    expect(await engine.entries('d')).toHaveLength(1);
  });

  test('an event that begins nothing finds nothing, and asks no resolver', async () => {
    const resolver = { resolve: () => Promise.reject(new Error('asked')) };
    const { tell } = start({ rules, ports: { resolver } });
    expect(await tell('nowhere', 'Opened')).toEqual({ status: 'not-found' });
  });

  test('a reply reaches the caller and is kept nowhere', async () => {
    const { tell, table } = start({ rules });
    await tell('d', 'Made');
    await tell('d', 'Opened');
    expect(await tell('d', 'Closed')).toMatchObject({ reply: { secret: 'once' } });
    expect(JSON.stringify(await table.query('flows', `${FLOW}#d`, ''))).not.toContain('once');
  });

  test('domain writes go along, or the whole transition starts again from load', async () => {
    const key = { table: 'stock', pk: 'mug', sk: 'stock' };
    let seen = 0;
    const { tell, table } = start({
      rules: [
        [
          'New',
          'Made',
          ({ step }) => {
            // The action read 1 piece the first time, while another order was taking it.
            const had = seen++ === 0;
            const write = { op: 'add', key, deltas: { left: -1 }, if: { atLeast: { left: 1 } } } as const;
            return {
              state: had ? 'Reserved' : 'SoldOut',
              step: { ...step, writes: had ? [write] : [] },
              final: true,
            };
          },
        ],
      ],
    });
    await table.transact([{ op: 'put', key, item: { left: 0 } }]);
    expect(await tell('d', 'Made')).toMatchObject({ state: 'SoldOut', version: 1 });
    expect(seen).toBe(2);
    expect(await table.read(key)).toEqual({ left: 0 });
  });

  test('a flow writes to its own tables only', async () => {
    const write = { op: 'put', key: { table: 'users', pk: 'x', sk: 'x' }, item: {} } as const;
    const { tell } = start({ rules: [['New', 'Made', go('Closed', { writes: [write] }, { final: true })]] });
    await expect(tell('d', 'Made')).rejects.toMatchObject({ code: 'invalid-action-result' });
  });
});

describe('the same event again', () => {
  test('is answered from the trail, without a transition', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made', { n: 1 }, 'e1');
    const first = await tell('d', 'Knocked', { knocks: 1 }, 'e2');
    await tell('d', 'Knocked', { knocks: 2 }, 'e3');
    const again = await tell('d', 'Knocked', { knocks: 1 }, 'e2');
    expect(again).toMatchObject({
      status: 'applied',
      replayed: true,
      version: 2,
      view: { knocks: 1 },
      reply: {},
    });
    expect(first).toMatchObject({ replayed: false, view: { knocks: 1 } });
    expect((await record('d'))?.version).toBe(3);
  });

  test('with another payload or type is refused', async () => {
    const { tell } = start({ rules });
    await tell('d', 'Made', { n: 1 }, 'e1');
    expect(await tell('d', 'Made', { n: 2 }, 'e1')).toEqual({ status: 'key-reused' });
    expect(await tell('d', 'Knocked', { n: 1 }, 'e1')).toEqual({ status: 'key-reused' });
  });

  test('at the same instant is one transition', async () => {
    const { tell, record } = start({ rules });
    const answers = await Promise.all(Array.from({ length: 20 }, () => tell('d', 'Made', {}, 'same')));
    expect(answers.filter((answer) => 'replayed' in answer && !answer.replayed)).toHaveLength(1);
    expect((await record('d'))?.version).toBe(1);
  });

  test('is remembered for 32 transitions', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made', {}, 'first');
    for (let n = 0; n < 31; n++) await tell('d', 'Knocked', { n });
    expect(await tell('d', 'Made', {}, 'first')).toMatchObject({ replayed: true });
    await tell('d', 'Knocked', { n: 31 });
    expect((await record('d'))?.trail).toHaveLength(32);
    expect(await tell('d', 'Made', {}, 'first')).toMatchObject({ status: 'rejected' });
  });

  test('after a rejection or unavailable is tried afresh', async () => {
    const { tell } = start({ rules });
    await tell('d', 'Made');
    expect(await tell('d', 'Jammed', {}, 'j')).toEqual({ status: 'unavailable', reason: 'Jam' });
    expect(await tell('d', 'Closed', {}, 'c')).toMatchObject({ status: 'rejected' });
    await tell('d', 'Opened');
    expect(await tell('d', 'Closed', {}, 'c')).toMatchObject({ status: 'applied' });
  });
});

describe('conflicts', () => {
  const failing = (
    outcomes: (TransactOutcome | Error)[],
  ): { table: Table; transacts: () => number; close: () => void } => {
    const { table, close } = temporaryTable();
    let transacts = 0;
    return {
      close,
      transacts: () => transacts,
      table: {
        read: (key) => table.read(key),
        query: (...args) => table.query(...args),
        due: (...args) => table.due(...args),
        transact: async (writes) => {
          const outcome = outcomes[transacts++];
          if (outcome instanceof Error) throw outcome;
          return outcome ?? table.transact(writes);
        },
      },
    };
  };

  test('send the delivery back to load', async () => {
    const { table, transacts, close } = failing(['conflict', 'conflict']);
    const { tell, signals } = start({ rules, table });
    expect(await tell('d', 'Made')).toMatchObject({ status: 'applied', version: 1 });
    expect(transacts()).toBe(3);
    expect(signals.filter(({ type }) => type === 'conflict')).toHaveLength(2);
    close();
  });

  test('are answered with the state once the tries are used up', async () => {
    const { table, transacts, close } = failing(Array.from({ length: 99 }, () => 'conflict'));
    const { tell, record } = start({ rules, table });
    expect(await tell('d', 'Made')).toEqual({ status: 'conflict', state: 'New' });
    expect(transacts()).toBe(10);
    expect(await record('d')).toBeUndefined();
    close();
  });

  test('a clash repeats the commit alone', async () => {
    let resolved = 0;
    const { table, transacts, close } = failing(['clash', 'clash', 'clash']);
    const made: Rule = (input) => {
      resolved++;
      return go('Closed', {}, { final: true })(input);
    };
    const counting: Rules = [['New', 'Made', made]];
    const { tell } = start({ rules: counting, table });
    expect(await tell('d', 'Made')).toMatchObject({ status: 'applied' });
    expect([resolved, transacts()]).toEqual([1, 4]);
    close();
  });

  test('an endless clash ends after 5 seconds, as a conflict', async () => {
    const { table, close } = failing(Array.from({ length: 100_000 }, () => 'clash'));
    const { tell, clock } = start({ rules, table, ports: { settings: { attempts: 1 } } });
    const before = clock.now();
    expect(await tell('d', 'Made')).toEqual({ status: 'conflict', state: 'New' });
    expect(clock.now() - before).toBeGreaterThanOrEqual(5_000);
    expect(clock.now() - before).toBeLessThan(7_000);
    close();
  });

  test('a write of unknown fate that did happen is answered from the trail', async () => {
    const { table, close } = temporaryTable();
    let calls = 0;
    const deaf: Table = {
      read: (key) => table.read(key),
      query: (...args) => table.query(...args),
      due: (...args) => table.due(...args),
      transact: async (writes) => {
        const outcome = await table.transact(writes);
        if (calls++ === 0) throw new DetentError('table-unavailable', 'no answer');
        return outcome;
      },
    };
    const { tell, record } = start({ rules, table: deaf });
    expect(await tell('d', 'Made')).toMatchObject({ status: 'applied', replayed: true, version: 1 });
    expect((await record('d'))?.version).toBe(1);
    close();
  });

  test('a table that stays away is unavailable, and a resolver that fails is so at once', async () => {
    const away = new DetentError('table-unavailable', 'gone');
    const { table, transacts, close } = failing([away, away, away, away]);
    const first = start({ rules, table });
    expect(await first.tell('d', 'Made')).toEqual({ status: 'unavailable', reason: 'table-unavailable' });
    expect(transacts()).toBe(3);
    close();
    first.close();
    const resolver = { resolve: () => Promise.reject(new DetentError('resolver-failed', 'down')) };
    const second = start({ rules, ports: { resolver } });
    expect(await second.tell('d', 'Made')).toEqual({ status: 'unavailable', reason: 'resolver-failed' });
  });
});

describe('deadlines', () => {
  test('are checked against the record, never taken from outside', async () => {
    const { deliverer, flow, tell, clock, record } = start({ rules });
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
    const { tell, clock, record } = start({ rules });
    await tell('d', 'Made');
    clock.advance(60_000);
    expect(await tell('d', 'DeadlinePassed')).toMatchObject({ status: 'rejected', reason: 'NotAllowed' });
    expect((await record('d'))?.state).toBe('Closed');
  });

  test('stay where they are in a transition to the same state', async () => {
    const { tell, clock, record } = start({ rules });
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
    const { deliverer, flow, tell, clock, record } = start({ rules });
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
  const short = { rules, retentionSeconds: 100 };

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
    const late: Rules = [...rules, ['Broken', 'Late', go('Broken', {}, { final: true })]];
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

describe('what a definition must not do', () => {
  test('is to let an instance wait without a deadline', async () => {
    const { tell, record } = start({ rules: [['New', 'Made', go('Waiting')]] });
    await expect(tell('d', 'Made')).rejects.toMatchObject({
      code: 'invalid-definition-output',
      message: expect.stringContaining('Waiting'),
    });
    expect(await record('d')).toBeUndefined();
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '60'])(
    'is to give a deadline of %p seconds',
    async (seconds) => {
      const { tell } = start({
        rules: [['New', 'Made', go('Waiting', {}, { deadlineSeconds: seconds as number })]],
      });
      await expect(tell('d', 'Made')).rejects.toMatchObject({ code: 'invalid-definition-output' });
    },
  );
});

describe('sizes', () => {
  const text = 'x'.repeat(199_000);

  test('a definition input over the limit is refused before anything is written', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made');
    await expect(tell('d', 'Knocked', { text: 'x'.repeat(200_000) })).rejects.toMatchObject({
      code: 'too-large',
    });
    expect((await record('d'))?.version).toBe(1);
  });

  test('so is a record that would be over it', async () => {
    const { tell, record } = start({ rules });
    await tell('d', 'Made');
    await tell('d', 'Knocked', { one: text.slice(0, 60_000) });
    await expect(tell('d', 'Knocked', { two: text.slice(0, 80_000) })).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('Nothing was written'),
    });
    expect((await record('d'))?.version).toBe(2);
  });

  test('our own events are not', async () => {
    const { deliverer, flow, tell } = start({ rules });
    await tell('d', 'Made');
    const event = { id: 'own', type: 'Knocked', payload: { text: 'x'.repeat(200_000) } };
    expect(await deliverer.deliver({ flow, flowId: 'd', event, origin: 'own' })).toMatchObject({
      status: 'applied',
    });
  });
});

describe('crash points', () => {
  test.each([
    'load.before',
    'load.after',
    'resolve.before',
    'resolve.after',
    'commit.before',
    'commit.after',
  ] as const)('a crash at %s leaves the instance before or after the whole transition', async (point) => {
    let armed = false;
    const crash = (at: string) => {
      if (armed && at === point) {
        armed = false;
        throw new Error('crash');
      }
    };
    const { tell, record, entries } = start({ rules, ports: { crash } });
    await tell('d', 'Made');
    armed = true;
    await expect(tell('d', 'Opened', {}, 'e')).rejects.toThrow('crash');
    const after = point === 'commit.after';
    expect(await record('d')).toMatchObject(
      after ? { state: 'Open', version: 2 } : { state: 'Closed', version: 1 },
    );
    expect(await entries('d')).toHaveLength(after ? 2 : 1);
    expect(await tell('d', 'Opened', {}, 'e')).toMatchObject({
      status: 'applied',
      state: 'Open',
      version: 2,
      replayed: after,
    });
  });
});

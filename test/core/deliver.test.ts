/** deliver: one event is one transition, however often it comes. */
import { describe, expect, test } from '@jest/globals';
import type { Table } from '../../core/ports.ts';
import { door, engines, FLOW, go } from '../support/engine.ts';
import { temporaryTable } from '../support/tables.ts';

const { start, engine } = engines();

describe('one event is one transition is one transaction', () => {
  test('creates an instance at version 1, and moves it on by one each time', async () => {
    const { tell, record } = start({ rules: door });
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
    expect(await record('d')).toMatchObject({ state: 'Open', version: 2, createdAt: engine().clock.iso() });
    expect((await engine().entries('d')).map(({ version, from, to }) => [version, from, to])).toEqual([
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
    const { tell } = start({ rules: door, table: counted, persistence: 'outbox' });
    await tell('d', 'Made');
    await tell('d', 'Opened');
    expect(calls).toEqual(['read', 'transact 1', 'read', 'transact 1']);
    close();
  });

  test('an event that the state does not allow writes nothing', async () => {
    const { tell, record } = start({ rules: door });
    await tell('d', 'Made');
    const before = await record('d');
    expect(await tell('d', 'Closed')).toMatchObject({
      status: 'rejected',
      reason: 'NotAllowed',
      state: 'Closed',
    });
    expect(await record('d')).toEqual(before);
    expect(await engine().entries('d')).toHaveLength(1);
  });

  test('an event that begins nothing finds nothing, and asks no resolver', async () => {
    const resolver = { resolve: () => Promise.reject(new Error('asked')) };
    const { tell } = start({ rules: door, ports: { resolver } });
    expect(await tell('nowhere', 'Opened')).toEqual({ status: 'not-found' });
  });

  test('a reply reaches the caller and is kept nowhere', async () => {
    const { tell, table } = start({ rules: door });
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
    const { tell, record } = start({ rules: door });
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
    const { tell } = start({ rules: door });
    await tell('d', 'Made', { n: 1 }, 'e1');
    expect(await tell('d', 'Made', { n: 2 }, 'e1')).toEqual({ status: 'key-reused' });
    expect(await tell('d', 'Knocked', { n: 1 }, 'e1')).toEqual({ status: 'key-reused' });
  });

  test('at the same instant is one transition', async () => {
    const { tell, record } = start({ rules: door });
    const answers = await Promise.all(Array.from({ length: 20 }, () => tell('d', 'Made', {}, 'same')));
    expect(answers.filter((answer) => 'replayed' in answer && !answer.replayed)).toHaveLength(1);
    expect((await record('d'))?.version).toBe(1);
  });

  test('is remembered for 32 transitions', async () => {
    const { tell, record } = start({ rules: door });
    await tell('d', 'Made', {}, 'first');
    for (let n = 0; n < 31; n++) await tell('d', 'Knocked', { n });
    expect(await tell('d', 'Made', {}, 'first')).toMatchObject({ replayed: true });
    await tell('d', 'Knocked', { n: 31 });
    expect((await record('d'))?.trail).toHaveLength(32);
    expect(await tell('d', 'Made', {}, 'first')).toMatchObject({ status: 'rejected' });
  });

  test('after a rejection or unavailable is tried afresh', async () => {
    const { tell } = start({ rules: door });
    await tell('d', 'Made');
    expect(await tell('d', 'Jammed', {}, 'j')).toEqual({ status: 'unavailable', reason: 'Jam' });
    expect(await tell('d', 'Closed', {}, 'c')).toMatchObject({ status: 'rejected' });
    await tell('d', 'Opened');
    expect(await tell('d', 'Closed', {}, 'c')).toMatchObject({ status: 'applied' });
  });
});

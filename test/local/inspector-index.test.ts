/** Which instances the inspector knows of, without an index in the table. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { entryKey, partition, recordKey } from '../../core/flow.ts';
import type { Signal } from '../../core/ports.ts';
import type { Item, Write } from '../../core/types.ts';
import { InstanceIndex } from '../../local/inspector/index.ts';
import { Newest } from '../../local/inspector/lists.ts';
import { TestClock } from '../support/clock.ts';
import { eventually } from '../support/http.ts';
import { temporaryTable } from '../support/tables.ts';

const FLOW = 'door';
const states = ['Open', 'Closed', 'Broken'].map((name) => ({ name, final: name === 'Broken' }));
const graphs = { [FLOW]: { states, edges: [] } };

let table: SqliteTable;
let clock: TestClock;
let signals: Signal[];
let close: () => void;
let index: InstanceIndex | undefined;
beforeEach(() => {
  ({ table, close } = temporaryTable());
  clock = new TestClock();
  signals = [];
});
afterEach(() => {
  index?.close();
  index = undefined;
  close();
});

function start(): InstanceIndex {
  index = new InstanceIndex({ table, clock, graphs, observe: (signal) => void signals.push(signal) });
  return index;
}

/** The nth instant. */
const at = (n: number) => new Date(Date.UTC(2026, 10, 24) + n * 1000).toISOString();

const record = (flowId: string, state: string, n: number, more: Item = {}): Write => ({
  op: 'put',
  key: recordKey(FLOW, flowId),
  item: {
    ...{ flow: FLOW, flowId, state, version: n, data: {}, createdAt: at(0), deferred: [] },
    trail: [{ version: n, eventId: `e${n}`, from: 'New', to: state, facts: [], at: at(n) }],
    ...more,
  },
});
const moved = (flowId: string, from: string, to: string, n: number): Write =>
  record(flowId, to, n, { trail: [{ version: n, eventId: `e${n}`, from, to, facts: [], at: at(n) }] });

const entry = (flowId: string, version: number, status: string, more: Item = {}): Write => {
  const id = `${flowId}/${version}/1`;
  return {
    op: 'put',
    key: entryKey(FLOW, flowId, version),
    item: {
      ...{ flow: FLOW, flowId, version, revision: 0, at: at(version), effects: [{ id, kind: 'bell' }] },
      delivery: { [id]: { status, attempt: 1, ...more } },
    },
  };
};

const write = (...writes: Write[]) => Promise.all(writes.map((one) => table.transact([one])));
const names = (list: [string, string][]) => list.map(([pk]) => pk.slice(FLOW.length + 1));
const read = (from: InstanceIndex) =>
  eventually(
    async () => from.reading(),
    (reading) => !reading,
    20_000,
  );

describe('what happens', () => {
  test('is listed, the newest first', async () => {
    const from = start();
    await write(record('a', 'Open', 1), record('b', 'Open', 2));
    await write(record('a', 'Open', 3));
    expect(names(from.newest())).toEqual(['a', 'b']);
    expect(names(from.newest(FLOW))).toEqual(['a', 'b']);
    expect(from.newest('other')).toEqual([]);
  });

  test('moves an instance from the list of one state to that of another', async () => {
    const from = start();
    await write(record('a', 'Open', 1), record('b', 'Open', 2));
    await write(moved('a', 'Open', 'Closed', 3));
    expect(names(from.newest(FLOW, 'Open'))).toEqual(['b']);
    expect(names(from.newest(FLOW, 'Closed'))).toEqual(['a']);
  });

  test('is counted, once for each transition', async () => {
    const from = start();
    await write(record('a', 'Open', 1), entry('a', 1, 'pending'));
    await write(entry('a', 1, 'delivered'), record('a', 'Open', 2));
    await table.transact([{ op: 'put', key: { table: 'other', pk: 'x', sk: 'record' }, item: {} }]);
    expect(from.transitions).toBe(2);
  });

  test('costs no read of the table', async () => {
    const from = start();
    const reads = [jest.spyOn(table, 'read'), jest.spyOn(table, 'query'), jest.spyOn(table, 'scan')];
    await write(record('a', 'Open', 1), entry('a', 1, 'pending'), entry('a', 1, 'delivered'));
    expect(from.newest()).toHaveLength(1);
    for (const one of reads) expect(one).not.toHaveBeenCalled();
  });

  test('is forgotten beyond the newest thousand of a flow and two hundred of a state', async () => {
    const from = start();
    for (let n = 1; n <= 1_201; n++) void write(record(`i${n}`, n <= 300 ? 'Open' : 'Closed', n));
    await eventually(
      async () => from.transitions,
      (told) => told === 1_201,
    );
    expect(names(from.newest())).toEqual(Array.from({ length: 1_000 }, (_, n) => `i${1_201 - n}`));
    expect(names(from.newest(FLOW, 'Open'))).toEqual(Array.from({ length: 200 }, (_, n) => `i${300 - n}`));
  });

  test('is not followed after the end', async () => {
    const from = start();
    from.close();
    await write(record('a', 'Open', 1));
    expect([from.newest(), from.transitions, from.reading()]).toEqual([[], 0, false]);
  });
});

describe('what was there before', () => {
  test('is not read before somebody asks; then it is, at once where it is little', async () => {
    await write(record('a', 'Open', 1), record('b', 'Closed', 2), entry('b', 1, 'delivered'));
    const scan = jest.spyOn(table, 'scan');
    const from = start();
    expect([from.newest(), scan.mock.calls.length]).toEqual([[], 0]);
    expect(from.reading()).toBe(false);
    expect(names(from.newest())).toEqual(['b', 'a']);
    expect(names(from.newest(FLOW, 'Open'))).toEqual(['a']);
    expect([from.reading(), scan.mock.calls.length]).toEqual([false, 1]);
  });

  test('is read in pages, between which others have their turn, and nothing that they do is lost', async () => {
    const many = 1_500;
    await write(...Array.from({ length: many }, (_, n) => record(`i${1_000 + n}`, 'Open', many - n)));
    const from = start();
    expect(from.reading()).toBe(true);
    let turns = 0;
    while (from.reading()) {
      // One that has been read and one that has not, in turn.
      const name = turns % 2 === 0 ? `i${1_000 + turns}` : `i${999 + many - turns}`;
      await write(moved(name, 'Open', 'Closed', many + turns++));
    }
    expect(turns).toBeGreaterThan(3);
    expect(names(from.newest(FLOW, 'Closed'))).toHaveLength(turns);
    const open = names(from.newest(FLOW, 'Open'));
    expect(open).toHaveLength(200);
    for (const name of names(from.newest(FLOW, 'Closed'))) expect(open).not.toContain(name);
    expect(names(from.newest())[0]).toBe(names(from.newest(FLOW, 'Closed'))[0]);
  });

  test('is bounded too, and of all that is there the newest are kept', async () => {
    const many = 2_600;
    // In no order of time.
    await write(...Array.from({ length: many }, (_, n) => record(`i${(n * 7) % many}`, 'Open', n)));
    const from = start();
    await read(from);
    const newest = from.newest().map(([, instant]) => instant);
    expect(newest).toEqual(Array.from({ length: 1_000 }, (_, n) => at(many - 1 - n)));
    expect(from.newest(FLOW, 'Open').map(([, instant]) => instant)).toEqual(newest.slice(0, 200));
  });

  test('is left out where it has expired, or is no record', async () => {
    await write(
      record('gone', 'Broken', 1, { expiresAt: clock.iso() }),
      record('there', 'Broken', 2, { expiresAt: new Date(clock.now() + 1).toISOString() }),
      { op: 'put', key: recordKey(FLOW, 'poison'), item: { state: 7 } },
      { op: 'put', key: entryKey(FLOW, 'poison', 1), item: { delivery: { x: null } } },
      {
        op: 'put',
        key: recordKey('unknown', 'x'),
        item: { ...(record('x', 'Open', 1) as { item: Item }).item, flow: 'unknown' },
      },
    );
    const from = start();
    await read(from);
    expect([names(from.newest()), signals]).toEqual([['there'], []]);
  });

  test('is read again where a list has become shorter than what there was no room for', async () => {
    const from = start();
    await read(from);
    await write(...Array.from({ length: 460 }, (_, n) => record(`i${n}`, 'Open', n)));
    for (let n = 0; n < 460; n++) from.forget(FLOW, partition(FLOW, `i${n}`), 'Open');
    expect(from.newest(FLOW, 'Open')).toEqual([]);
    from.refill(FLOW, 'Open', 0);
    expect([from.reading(), from.newest(FLOW, 'Open')]).toEqual([false, []]);
    clock.advance(60_000);
    from.refill(FLOW, 'Open', 0);
    await read(from);
    expect(names(from.newest(FLOW, 'Open'))).toHaveLength(200);
  });

  test('is asked for once more where it could not be read', async () => {
    await write(record('a', 'Open', 1));
    const scan = jest.spyOn(table, 'scan').mockImplementationOnce(() => {
      throw new Error('disk');
    });
    const from = start();
    // The list lacks what has not been read.
    expect([from.reading(), from.newest()]).toEqual([true, []]);
    expect(signals).toMatchObject([{ type: 'failure', where: 'inspector' }]);
    expect([from.reading(), names(from.newest()), scan.mock.calls.length]).toEqual([false, ['a'], 2]);
  });

  test('is not read on after the end', async () => {
    await write(...Array.from({ length: 1_000 }, (_, n) => record(`i${n}`, 'Open', n)));
    const from = start();
    from.reading();
    const scan = jest.spyOn(table, 'scan');
    from.close();
    await wait(50);
    expect([scan.mock.calls.length, signals]).toEqual([0, []]);
  });
});

describe('what was left undone', () => {
  const troubled = (from: InstanceIndex) => from.troubled().map((pk) => pk.slice(FLOW.length + 1));
  const lefts: [string, string, Item, boolean][] = [
    ['given up', 'failed', {}, true],
    ['of unknown fate', 'unknown', {}, true],
    ['of unknown fate, and tried again', 'unknown', { nextAt: at(9) }, false],
    ['done', 'delivered', {}, false],
    ['to be done', 'pending', {}, false],
  ];

  test.each(lefts)('an effect %s, as it happens', async (_what, status, more, isLeft) => {
    const from = start();
    await write(record('a', 'Open', 1), entry('a', 1, status, more));
    expect(troubled(from)).toEqual(isLeft ? ['a'] : []);
  });

  test.each(lefts)('an effect %s, where it was there before', async (_what, status, more, isLeft) => {
    await write(record('a', 'Open', 1), entry('a', 1, status, more));
    const from = start();
    await read(from);
    expect(troubled(from)).toEqual(isLeft ? ['a'] : []);
  });

  test('is found where an entry and its record stand on two pages', async () => {
    await write(
      ...Array.from({ length: 399 }, (_, n) => record(`a${String(n).padStart(3, '0')}`, 'Open', n)),
    );
    await write(entry('b', 1, 'failed'), record('b', 'Open', 1), record('c', 'Open', 1));
    const from = start();
    await read(from);
    expect(troubled(from)).toEqual(['b']);
  });

  test.each([
    ['in an earlier state', moved('a', 'Closed', 'Open', 2)],
    ['in a final state', record('a', 'Broken', 1)],
    [
      'and told to the instance',
      record('a', 'Open', 1, {
        trail: [{ version: 1, eventId: 'a/1/1/result', from: 'New', to: 'Open', facts: [], at: at(1) }],
      }),
    ],
  ])('does not count where it was %s', async (_what, now) => {
    await write(now, entry('a', 1, 'failed'));
    const from = start();
    await read(from);
    expect(troubled(from)).toEqual([]);
    await write(entry('a', 1, 'failed'));
    expect(troubled(from)).toEqual([]);
  });

  test('an alarm counts, and is kept for as long as the process lives', async () => {
    const from = start();
    from.alarm(FLOW, 'a');
    from.clear(partition(FLOW, 'a'));
    expect([troubled(from), from.isAlarmed('door#a'), from.isTroubled('door#a')]).toEqual([
      ['a'],
      true,
      false,
    ]);
  });

  test('is bounded', async () => {
    const from = start();
    for (let n = 0; n < 1_001; n++) from.alarm(FLOW, `i${n}`);
    expect(troubled(from)).toHaveLength(1_000);
  });
});

describe('the newest of many names', () => {
  const many = Array.from({ length: 100 }, (_, n) => n);
  const held = (list: Newest) => many.filter((n) => list.has(`i${n}`));

  test.each(['tell', 'find'] as const)('%s: at most twice as many as are listed are held', (how) => {
    const list = new Newest(10);
    for (const n of many) {
      list[how](`i${n}`, at(n));
      expect(held(list).length).toBeLessThanOrEqual(20);
    }
    expect(list.list().map(([name]) => name)).toEqual(
      many
        .slice(-10)
        .map((n) => `i${n}`)
        .reverse(),
    );
    expect(list.isCut).toBe(true);
  });

  test('what was told counts, whatever is found later; each name once', () => {
    const list = new Newest(10);
    list.find('a', at(1));
    list.tell('a', at(3));
    list.tell('b', at(2));
    list.find('a', at(9));
    list.find('c', at(4));
    expect(list.list()).toEqual([
      ['c', at(4)],
      ['a', at(3)],
      ['b', at(2)],
    ]);
    list.delete('c');
    list.delete('a');
    expect([list.list(), list.isCut]).toEqual([[['b', at(2)]], false]);
  });
});

/** Queues on the table: what was sent is handled, at least once, whatever ends in between; what nobody can take is put aside. */
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  asidePartition,
  createTableQueues,
  type Handled,
  QUEUES,
} from '../../adapters/embedded/table-queue.ts';
import type { Signal, Table } from '../../core/ports.ts';
import { TestClock } from '../support/clock.ts';
import { temporaryTable } from '../support/tables.ts';

let close = () => {};
afterEach(() => close());

function open(
  handle: (text: string) => Promise<Handled>,
  view: Partial<Table> = {},
  hear: (table: Table) => void = () => {},
) {
  const made = temporaryTable();
  close = made.close;
  const clock = new TestClock();
  const signals: Signal[] = [];
  const heard: string[] = [];
  let ids = 0;
  const { table } = made;
  hear(table);
  const queues = createTableQueues({
    table: {
      ...{ read: (key) => table.read(key), query: (...asked) => table.query(...asked) },
      ...{
        due: (...asked) => table.due(...asked),
        transact: (...asked) => table.transact(...asked),
        ...view,
      },
    },
    clock,
    randomId: () => String(++ids).padStart(6, '0'),
    observe: (signal) => void signals.push(signal),
    handlers: {
      in: async (text) => {
        heard.push(text);
        return handle(text);
      },
    },
  });
  const left = async (queue = 'in') => (await table.query(QUEUES, queue, '')).map(({ item }) => item['text']);
  return { ...queues, clock, signals, heard, left };
}

const done = async (): Promise<Handled> => 'done';

test('a message is handled once, and gone', async () => {
  const { put, drain, heard, left } = open(done);
  await put('in', 'a');
  await drain();
  await drain();
  expect([heard, await left()]).toEqual([['a'], []]);
});

test('a sender says what it sent, and what becomes of it is no matter of its own', async () => {
  const { sender, drain, heard } = open(done);
  const signal = new AbortController().signal;
  const { receipt } = await sender('in').send({ id: 'm', body: { a: 1 }, signal });
  expect(receipt).toMatch(/^\d{4}-.+#000001$/);
  await drain();
  expect(heard).toEqual(['{"a":1}']);
});

test('one that is to come again comes after pauses that double', async () => {
  const { put, drain, heard, clock, left } = open(async () => (heard.length < 4 ? 'again' : 'done'));
  await put('in', 'a');
  const at: number[] = [];
  for (let ms = 0; ms <= 4_000; ms += 250) {
    const before = heard.length;
    await drain();
    if (heard.length > before) at.push(ms);
    clock.advance(250);
  }
  expect(at).toEqual([0, 500, 1_500, 3_500]);
  expect(await left()).toEqual([]);
});

test('one that cannot be taken is put aside, and holds up no other', async () => {
  const { put, drain, heard, left } = open(async (text) => (text === 'bad' ? 'refused' : 'done'));
  for (const text of ['a', 'bad', 'b']) await put('in', text);
  await drain();
  await drain();
  expect(heard).toEqual(['a', 'bad', 'b']);
  expect([await left(), await left(asidePartition('in'))]).toEqual([[], ['bad']]);
});

test('a handler that throws is told of, and its message comes again', async () => {
  const { put, drain, signals, left } = open(async () =>
    Promise.reject(new TypeError('secret +15555550100')),
  );
  await put('in', 'a');
  await drain();
  expect(signals).toMatchObject([{ type: 'failure', where: 'queue', subject: 'in' }]);
  expect(JSON.stringify(signals)).not.toContain('secret');
  expect(await left()).toEqual(['a']);
});

test('what was handled, and could not be deleted, is handled again, and by one at a time', async () => {
  let fails = true;
  let ends = () => {};
  const slow = new Promise<void>((resolve) => {
    ends = resolve;
  });
  const table: { current?: Table } = {};
  const made = open(
    async (text) => {
      if (text === 'slow') await slow;
      return 'done';
    },
    {
      transact: async (writes) => {
        if (fails && writes[0]?.op === 'delete') throw new Error('disk');
        return (table.current as Table).transact(writes);
      },
    },
    (own) => {
      table.current = own;
    },
  );
  await made.put('in', 'fast');
  await made.put('in', 'slow');
  const first = made.drain();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const second = made.drain();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(made.heard).toEqual(['fast', 'slow']);
  fails = false;
  ends();
  await Promise.all([first, second]);
  made.clock.advance(60_000);
  await made.drain();
  expect(made.heard).toEqual(['fast', 'slow', 'fast']);
  expect(made.signals).toMatchObject([{ type: 'failure', where: 'queue' }]);
});

describe('many', () => {
  test('are all handled, also those that come meanwhile', async () => {
    const made: ReturnType<typeof open> = open(async (text) => {
      if (text === '7') await made.put('in', 'late');
      return 'done';
    });
    for (let n = 0; n < 100; n++) await made.put('in', String(n));
    await made.drain();
    await made.drain();
    expect(made.heard).toHaveLength(101);
    expect(new Set(made.heard).size).toBe(101);
    expect(await made.left()).toEqual([]);
  });

  test('of a queue that nobody handles are put aside, however many', async () => {
    const { put, drain, heard, left } = open(done);
    for (let n = 0; n < 70; n++) await put('other', String(n));
    await drain();
    expect([heard, await left('other')]).toEqual([[], []]);
    expect(await left(asidePartition('other'))).toHaveLength(70);
  });
});

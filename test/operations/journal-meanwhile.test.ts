/** Verifying while others write, and how a run goes through many instances. */
import { describe, expect, test } from '@jest/globals';
import { DetentError } from '../../core/errors.ts';
import { partition, recordKey } from '../../core/flow.ts';
import type { Table } from '../../core/ports.ts';
import type { Key } from '../../core/types.ts';
import { readSteady } from '../../operations/journal-read.ts';
import { partitionsSqlite } from '../../operations/sqlite-scan.ts';
import { createEngine, go } from '../support/engine.ts';
import { createPayments } from '../support/payments.ts';
import { sqlite, verified } from './journal-runs.ts';
import { entry, pay } from './journals.ts';

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

/** The table, where something happens after the nth read of a record. */
function busy(table: Table, happen: (reads: number) => Promise<unknown>): Table {
  let [reads, over] = [0, 0];
  return {
    async read(key: Key) {
      const found = await table.read(key);
      await happen(++reads);
      over++;
      return found;
    },
    async query(...asked) {
      // After the record: what happens there is in the entries already.
      for (const at = over; over === at; ) await new Promise((resolve) => setImmediate(resolve));
      return table.query(...asked);
    },
    due: (...asked) => table.due(...asked),
    transact: (...asked) => table.transact(...asked),
  };
}

async function* one(flowId: string) {
  yield [partition('payment', flowId)];
}

describe('while others write', () => {
  test('an instance that moves between the two reads is read again, and is whole', async () => {
    const { table } = sqlite();
    const { create, tell } = createPayments({ table });
    await create('p');
    const moving = busy(table, async (reads) => reads === 1 && tell('p', 'Authorize'));
    const { found, findings: said } = await verified(moving, one('p'));
    expect({ said, ...found }).toMatchObject({ said: [], instances: 1, entries: 2, faulty: 0, busy: 0 });
  });

  test('one that never rests is not called faulty', async () => {
    const { table } = sqlite();
    const { create, tell } = createPayments({ table });
    await create('p');
    await tell('p', 'Authorize');
    // Each waits, and is a version.
    const { found, findings: said } = await verified(
      busy(table, () => tell('p', 'Capture')),
      one('p'),
    );
    expect(said).toEqual([{ flow: 'payment', flowId: 'p', came: 'busy' }]);
    expect(found).toMatchObject({ instances: 1, faulty: 0, busy: 1 });
  });

  test('a fault that stays is found in one that moves now and then', async () => {
    const { table } = sqlite();
    const { create, tell } = createPayments({ table });
    await create('p');
    await tell('p', 'Authorize');
    await table.transact([{ op: 'delete', key: { table: 'flows', pk: 'payment#p', sk: entry(1) } }]);
    const moving = busy(table, async (reads) => reads < 3 && tell('p', 'Capture'));
    const { findings: said } = await verified(moving, one('p'));
    expect(said).toMatchObject([{ came: 'faulty', faults: [{ fault: 'missing', version: 1 }] }]);
  });

  test('a record that somebody has put there since is not written over', async () => {
    const { table } = sqlite();
    const { create } = createPayments({ table });
    await create('p');
    const key = recordKey('payment', 'p');
    await table.transact([{ op: 'delete', key }]);
    const other = busy(
      table,
      async (reads) => reads === 2 && table.transact([{ op: 'put', key, item: { mine: true } }]),
    );
    const { found } = await verified(other, one('p'), { rebuild: true });
    expect(found).toMatchObject({ rebuilt: 0, busy: 1 });
    expect(await table.read(key)).toEqual({ mine: true });
  });
});

test('a lost record is left alone where something strange lies among the entries', async () => {
  const { table } = sqlite();
  const { create } = createPayments({ table });
  await create('p');
  const key = recordKey('payment', 'p');
  const stray = { ...key, sk: 'entry#1' };
  await table.transact([
    { op: 'delete', key },
    { op: 'put', key: stray, item: {} },
  ]);
  const { findings: said } = await verified(table, one('p'), { rebuild: true });
  expect(said).toMatchObject([
    { came: 'faulty', faults: [{ fault: 'lost' }, { fault: 'stray', key: 'entry#1' }] },
  ]);
  expect(await table.read(key)).toBeUndefined();
});

describe('a run', () => {
  test('reads a page when the one before is used up, and eight instances at once', async () => {
    let [asked, done, atOnce, most] = [0, 0, 0, 0];
    const early: number[] = [];
    const progress = (instances: number) => {
      done = instances;
    };
    async function* pages() {
      for (let page = 0; page < 20; page++) {
        if (asked - done > 8) early.push(page);
        asked += 50;
        yield Array.from({ length: 50 }, (_, n) => partition('payment', `${page}-${n}`));
      }
    }
    const table = {
      async query() {
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce--;
        return [];
      },
      read: async () => undefined,
    } as unknown as Table;
    const { found } = await verified(table, pages(), { progress });
    expect({ early, most, ...found }).toMatchObject({ early: [], most: 8, instances: 1_000 });
  });

  test('lists partitions in pages, each once, and none of other flows', async () => {
    const { db } = sqlite();
    const put = db.prepare("INSERT INTO items (tbl, pk, sk, body) VALUES (?, ?, ?, '{}')");
    for (let n = 0; n < 2_300; n++)
      for (const sk of ['entry#1', 'record']) put.run('flows', `payment#${n}`, sk);
    for (const name of ['payment', 'paymenu#1', 'payment$1', 'mfa-login#1']) put.run('flows', name, 'record');
    put.run('users', 'payment#user', 'record');
    const pages = await all(partitionsSqlite(db, 'payment#'));
    expect(pages.map(({ length }) => length)).toEqual([1_000, 1_000, 300]);
    expect(new Set(pages.flat()).size).toBe(2_300);
  });

  test('ends with the error of a table that stays away, when what is under way has ended', async () => {
    const { table, partitions } = sqlite();
    const payments = createPayments({ table });
    for (let n = 0; n < 20; n++) await pay(payments, `payment-${n}`, n);
    const away = busy(table, async () => {});
    let queries = 0;
    away.query = async (...asked) => {
      if (++queries === 12) throw new DetentError('table-unavailable', 'away');
      return table.query(...asked);
    };
    await expect(verified(away, partitions())).rejects.toMatchObject({ code: 'table-unavailable' });
  });

  test('takes a record that has expired, and is gone, for no loss', async () => {
    const engine = createEngine({
      rules: [['New', 'Made', go('Done', {}, { final: true })]],
      retentionSeconds: 60,
    });
    await engine.tell('d', 'Made');
    await engine.table.transact([{ op: 'delete', key: recordKey('door', 'd') }]);
    const read = async () => (await readSteady(engine, 'door', 'd'))?.faults;
    expect(await read()).toEqual([{ fault: 'lost' }]);
    engine.clock.advance(60_000);
    expect(await read()).toEqual([]);
    engine.close();
  });
});

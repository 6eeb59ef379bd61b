/** What one event costs an instance with events that wait: the record is larger, and written with each event. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Item } from '../../core/types.ts';
import { createPayments, type Payments } from '../../test/support/payments.ts';
import { temporaryFolder } from '../../test/support/tables.ts';
import { grown, passed } from './history.ts';
import { middleOf, type Took, timed } from './times.ts';

export interface DeferredTimes {
  /** Of the record, as JSON. */
  bytes: number;
  /** For one event: medians. */
  engine: Took;
  /** For a commit of items as large, by `node:sqlite` alone. */
  plain: Took;
}

/** All histories are longer than the trail, so that the records differ by what waits alone. */
const ENTRIES = 40;

/** @param counts of events that wait: captures, while the authorisation is under way. */
export async function deferredGrowth(counts: readonly number[], turns: number): Promise<DeferredTimes[]> {
  const payments = createPayments();
  const plain = openPlain();
  try {
    const all = [];
    for (const count of counts) {
      const flowId = `waiting-${count}`;
      await grown(payments, flowId, ENTRIES);
      for (let n = 0; n < count; n++) {
        const { status } = await payments.tell(flowId, 'Capture');
        if (status !== 'deferred') throw new Error(`a capture was ${status}`);
      }
      for (let n = 0; n < ENTRIES; n++) await passed(payments, flowId);
      all.push({ flowId, items: await itemsOf(payments, flowId), engine: [], plain: [] } as Waiting);
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const one of all) {
        one.engine.push(await timed(() => passed(payments, one.flowId)));
        one.plain.push(await timed(() => plain.write(`${one.flowId}-${turn}`, one.items)));
      }
    }
    return all.map(({ items: [record = ''], ...one }) => ({
      bytes: record.length,
      engine: middleOf(one.engine),
      plain: middleOf(one.plain),
    }));
  } finally {
    payments.close();
    plain.close();
  }
}

interface Waiting {
  flowId: string;
  items: string[];
  engine: Took[];
  plain: Took[];
}

/** What one event writes: the record and its entry, as text. */
async function itemsOf(payments: Payments, flowId: string): Promise<string[]> {
  const key = { table: 'flows', pk: `${payments.flow.name}#${flowId}`, sk: 'record' };
  const items: (Item | undefined)[] = [await payments.table.read(key), (await payments.items(flowId)).at(-1)];
  return items.map((item) => JSON.stringify(item));
}

/** A file that is written as durably, with no index but the key. */
function openPlain() {
  const folder = temporaryFolder();
  const db = new DatabaseSync(join(folder.path, 'plain.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE items (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID');
  const statement = db.prepare(
    'INSERT INTO items VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  );
  return {
    /** The first under the same name each time, as the record; the others are new. */
    write(name: string, [record = '', ...entries]: readonly string[]): void {
      db.exec('BEGIN IMMEDIATE');
      statement.run(name.slice(0, name.lastIndexOf('-')), record);
      for (const entry of entries) statement.run(name, entry);
      db.exec('COMMIT');
    },
    close(): void {
      db.close();
      folder.remove();
    },
  };
}

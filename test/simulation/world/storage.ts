/** What lasts: a disk with a data file, or a database that all processes share. */
import { DatabaseSync } from 'node:sqlite';
import { createSchema } from '../../../adapters/embedded/sqlite-schema.ts';
import { SqliteTable } from '../../../adapters/embedded/sqlite-table.ts';
import type { StoredItem, TransactOptions, TransactOutcome } from '../../../core/ports.ts';
import type { Item, Key, Write } from '../../../core/types.ts';
import { nameOfKey } from '../../../core/writes.ts';
import type { Surroundings } from './surroundings.ts';

/** A disk that is full now and then: the commit of a whole group fails, and nothing of it is written. */
class Disk extends DatabaseSync {
  isFull: () => boolean = () => false;

  override exec(sql: string): void {
    if (sql === 'COMMIT' && this.isFull()) throw new Error('database or disk is full');
    super.exec(sql);
  }
}

/** How far an eventual read may lag behind at the most, ms. DynamoDB promises no bound; usually it is far less. */
export const LAG_MS = 1_000;

/** An item as it was from some time on. */
interface Past {
  from: number;
  item: Item | undefined;
}

export class Storage {
  /** By item that was written: what it was within the longest lag, the oldest first. */
  readonly #pasts = new Map<string, Past[]>();
  readonly #around: Surroundings;
  readonly #disk = new Disk(':memory:');
  #table: SqliteTable;

  /** @param mayFill whether the disk of this run can be full. */
  constructor(around: Surroundings, mayFill: boolean) {
    this.#around = around;
    createSchema(this.#disk);
    this.#disk.isFull = () => mayFill && around.strikes('disk-full', 'disk');
    this.#table = this.#open();
  }

  #open(): SqliteTable {
    return new SqliteTable(this.#disk);
  }

  get table(): SqliteTable {
    return this.#table;
  }

  /** What a process that starts sees: the file alone, nothing that was in the memory of another. */
  reopen(): SqliteTable {
    this.#table = this.#open();
    return this.#table;
  }

  /** Writes, in one turn with whatever else is written in it. */
  commit(writes: Write[], process: string, options?: TransactOptions): Promise<TransactOutcome> {
    const table = this.#table;
    return this.#around.scheduler.working(async () => {
      const befores = await Promise.all(writes.map(({ key }) => table.read(key)));
      const outcome = await table.transact(writes, options);
      if (outcome === 'committed') {
        this.#around.trace.add({ what: 'committed', writes, process });
        for (const [index, { key }] of writes.entries())
          this.#remember(key, befores[index], await table.read(key));
      }
      return outcome;
    });
  }

  #remember(key: Key, before: Item | undefined, item: Item | undefined): void {
    const { now } = this.#around;
    const name = nameOfKey(key);
    const pasts = this.#pasts.get(name) ?? [{ from: 0, item: before }];
    const first = pasts.findLastIndex(({ from }) => from <= now - LAG_MS);
    this.#pasts.set(name, [...pasts.slice(Math.max(0, first)), { from: now, item }]);
  }

  /** An item as it was committed so many ms ago. */
  async past(key: Key, lag: number): Promise<Item | undefined> {
    const then = this.#around.now - lag;
    const past = this.#pasts.get(nameOfKey(key))?.findLast(({ from }) => from <= then);
    return past ? past.item : this.#table.read(key);
  }

  /** Every item there is. */
  contents(): StoredItem[] {
    return this.#disk
      .prepare('SELECT tbl, pk, sk, body FROM items ORDER BY tbl, pk, sk')
      .all()
      .map(({ tbl, pk, sk, body }) => ({
        key: { table: String(tbl), pk: String(pk), sk: String(sk) },
        item: JSON.parse(String(body)),
      }));
  }

  close(): void {
    this.#disk.close();
  }
}

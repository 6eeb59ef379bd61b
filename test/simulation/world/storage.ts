/** What lasts: a disk with a data file, or a database that all processes share. */
import { DatabaseSync } from 'node:sqlite';
import { createSchema } from '../../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../../adapters/embedded/sqlite-table.ts';
import type { StoredItem, TransactOptions, TransactOutcome } from '../../../core/ports.ts';
import type { Write } from '../../../core/types.ts';
import type { Surroundings } from './surroundings.ts';

/** A disk that is full now and then: the commit of a whole group fails, and nothing of it is written. */
class Disk extends DatabaseSync {
  isFull: () => boolean = () => false;

  override exec(sql: string): void {
    if (sql === 'COMMIT' && this.isFull()) throw new Error('database or disk is full');
    super.exec(sql);
  }
}

export class Storage {
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
      const outcome = await table.transact(writes, options);
      if (outcome === 'committed') this.#around.trace.add({ what: 'committed', writes, process });
      return outcome;
    });
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

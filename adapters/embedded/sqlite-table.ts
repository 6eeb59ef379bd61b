/** The table port on one SQLite file, for one process. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DetentError } from '../../core/errors.ts';
import type { ChangeFeed, StoredItem, Table, TransactOptions, TransactOutcome } from '../../core/ports.ts';
import type { Condition, Item, Key, Write } from '../../core/types.ts';
import { checkTransaction } from '../../core/writes.ts';
import { ItemCache } from './item-cache.ts';
import { Soon } from './soon.ts';
import { SCHEMA_VERSION } from './sqlite-schema.ts';

type Durability = NonNullable<TransactOptions['durability']>;

interface Waiting {
  writes: Write[];
  durability: Durability;
  settle: (outcome: TransactOutcome | Error) => void;
}

interface Committed {
  /** In the order of the group. */
  outcomes: (TransactOutcome | Error)[];
  /** The puts, for the change feed. */
  changes: StoredItem[];
}

/**
 * Transactions of one turn of the event loop share one SQLite transaction, so that one fsync serves many. Each is all or nothing
 * on its own. Nobody who asked for full durability is answered, and nothing of it reaches the change feed, before the fsync.
 */
export class SqliteTable implements Table, ChangeFeed {
  readonly #db: DatabaseSync;
  readonly #listeners = new Set<(changes: StoredItem[]) => void>();
  readonly #select: StatementSync;
  readonly #range: StatementSync;
  readonly #due: StatementSync;
  readonly #from: StatementSync;
  readonly #upsert: StatementSync;
  readonly #rewrite: StatementSync;
  readonly #remove: StatementSync;
  readonly #cache: ItemCache;
  #waiting: Waiting[] = [];
  readonly #soon = new Soon(() => this.#sync());

  /** @param cachedItems how many of the most recently used items stay in memory. */
  constructor(db: DatabaseSync, cachedItems = 10_000) {
    this.#db = db;
    this.#cache = new ItemCache(cachedItems);
    this.#select = db.prepare('SELECT body FROM items WHERE tbl = ? AND pk = ? AND sk = ?');
    this.#range = db.prepare(
      'SELECT sk, body FROM items WHERE tbl = ?1 AND pk = ?2 AND sk >= ?3 AND sk < ?3 || char(1114111) ORDER BY sk',
    );
    this.#due = db.prepare(
      `SELECT pk, sk, due_at FROM items WHERE tbl = ?1 AND due_at <= ?2 AND (due_at, pk, sk) > (?3, ?4, ?5)
       ORDER BY due_at, pk, sk LIMIT ?6`,
    );
    this.#from = db.prepare(
      'SELECT pk, sk, body FROM items WHERE tbl = ?1 AND (pk, sk) > (?2, ?3) ORDER BY pk, sk LIMIT ?4',
    );
    this.#upsert = db.prepare(
      `INSERT INTO items (tbl, pk, sk, body, due_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body, due_at = excluded.due_at, expires_at = excluded.expires_at`,
    );
    this.#rewrite = db.prepare('UPDATE items SET body = ? WHERE tbl = ? AND pk = ? AND sk = ?');
    this.#remove = db.prepare('DELETE FROM items WHERE tbl = ? AND pk = ? AND sk = ?');
  }

  async read(key: Key): Promise<Item | undefined> {
    return this.#get(key);
  }

  async query(table: string, pk: string, prefix: string): Promise<StoredItem[]> {
    return this.#range.all(table, pk, prefix).map((row) => ({
      key: { table, pk, sk: String(row['sk']) },
      item: JSON.parse(String(row['body'])),
    }));
  }

  async due(table: string, before: string, { limit, after }: { limit: number; after?: string }) {
    const from: string[] = after === undefined ? ['', '', ''] : JSON.parse(after);
    const rows = this.#due.all(table, before, ...from, limit);
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return {
      keys: rows.map((row) => ({ table, pk: String(row['pk']), sk: String(row['sk']) })),
      ...(last && { next: JSON.stringify([last['due_at'], last['pk'], last['sk']]) }),
    };
  }

  /**
   * Items of a table in the order of their keys, so many at a time, read at once: for whoever wants to see all of them, and lets
   * others have their turn between the pages.
   *
   * @param after the key of the last item of the page before; absent for the first page.
   */
  scan(table: string, limit: number, after?: Pick<Key, 'pk' | 'sk'>): StoredItem[] {
    const { pk = '', sk = '' } = after ?? {};
    return this.#from.all(table, pk, sk, limit).map((row) => ({
      key: { table, pk: String(row['pk']), sk: String(row['sk']) },
      item: JSON.parse(String(row['body'])),
    }));
  }

  transact(writes: Write[], { durability = 'full' }: TransactOptions = {}): Promise<TransactOutcome> {
    return new Promise((resolve, reject) => {
      checkTransaction(writes);
      const settle = (outcome: TransactOutcome | Error) =>
        typeof outcome === 'string' ? resolve(outcome) : reject(outcome);
      this.#waiting.push({ writes, durability, settle });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  subscribe(listener: (changes: StoredItem[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether nothing has ever been written. */
  isEmpty(): boolean {
    return this.#db.prepare('SELECT 1 FROM items LIMIT 1').get() === undefined;
  }

  /** Deletes what has expired; a table on AWS does the same by itself, some time after. */
  purge(before: string, limit: number): number {
    const expired = this.#db.prepare(
      `DELETE FROM items WHERE (tbl, pk, sk) IN
       (SELECT tbl, pk, sk FROM items WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
       RETURNING tbl, pk, sk`,
    );
    try {
      const purged = expired.all(before, limit);
      for (const { tbl, pk, sk } of purged) {
        this.#cache.set({ table: String(tbl), pk: String(pk), sk: String(sk) }, null);
      }
      return purged.length;
    } catch (error) {
      throw unavailable(error);
    }
  }

  #get(key: Key): Item | undefined {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached ?? undefined;
    const row = this.#select.get(key.table, key.pk, key.sk);
    const item: Item | undefined = row && JSON.parse(String(row['body']));
    this.#cache.set(key, item ?? null);
    return item;
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const { outcomes, changes } = this.#commit(group);
    for (const [index, { settle }] of group.entries()) settle(outcomes[index] ?? 'clash');
    if (changes.length > 0) for (const listener of this.#listeners) listener(changes);
  }

  /** All in one commit; where that fails, which is rare, each in one of its own: they leave each other alone. */
  #commit(group: Waiting[]): Committed {
    try {
      return this.#commitTogether(group);
    } catch (error) {
      const failed = this.#abandon(error);
      if (group.length === 1) return { outcomes: [failed], changes: [] };
      const apart = group.map((one) => this.#commit([one]));
      return {
        outcomes: apart.flatMap(({ outcomes }) => outcomes),
        changes: apart.flatMap(({ changes }) => changes),
      };
    }
  }

  #commitTogether(group: Waiting[]): Committed {
    const full = group.some(({ durability }) => durability === 'full');
    const changes: StoredItem[] = [];
    // A commit that need not survive a power cut goes without its own fsync; the next full one covers it.
    if (!full) this.#db.exec('PRAGMA synchronous = NORMAL');
    this.#db.exec('BEGIN IMMEDIATE');
    const outcomes = group.map(({ writes }) => this.#apply(writes, changes));
    this.#db.exec('COMMIT');
    if (!full) this.#db.exec('PRAGMA synchronous = FULL');
    // A commit without a write makes no fsync.
    if (full && wrote(group, outcomes)) this.#soon.done();
    else if (group.some(({ durability }) => durability === 'soon')) this.#soon.due();
    return { outcomes, changes };
  }

  /** An fsync: any commit will do, and this one writes the schema's version again, as it is. */
  #sync(): void {
    if (!this.#db.isOpen) return;
    try {
      this.#db.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    } catch (error) {
      throw this.#abandon(error);
    }
  }

  #abandon(error: unknown): Error {
    // Who comes after the end is told so, like everybody else.
    if (this.#db.isOpen) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#db.exec('PRAGMA synchronous = FULL');
    }
    this.#cache.clear();
    return unavailable(error);
  }

  /** Checks all conditions before the first write, so that a conflict needs no undoing. */
  #apply(writes: Write[], changes: StoredItem[]): TransactOutcome {
    for (const write of writes) {
      if (write.if && !holds(write.if, this.#get(write.key))) return 'conflict';
    }
    for (const write of writes) {
      const { table, pk, sk } = write.key;
      if (write.op === 'check') continue;
      if (write.op === 'delete') {
        this.#remove.run(table, pk, sk);
        this.#cache.set(write.key, null);
        continue;
      }
      const item = write.op === 'put' ? write.item : added(this.#get(write.key), write);
      this.#put(write.key, item);
      if (write.op === 'put') changes.push({ key: write.key, item });
    }
    return 'committed';
  }

  #put(key: Key, item: Item): void {
    const { table, pk, sk } = key;
    const before = this.#cache.get(key);
    const body = JSON.stringify(item);
    // An index that is written again as it was costs as much as one that changes.
    if (before && before['dueAt'] === item['dueAt'] && before['expiresAt'] === item['expiresAt'])
      this.#rewrite.run(body, table, pk, sk);
    else this.#upsert.run(table, pk, sk, body, text(item['dueAt']), text(item['expiresAt']));
    this.#cache.set(key, item);
  }
}

const wrote = (group: Waiting[], outcomes: Committed['outcomes']): boolean =>
  group.some(({ writes }, n) => outcomes[n] === 'committed' && writes.some(({ op }) => op !== 'check'));

/** SQLite's own words for the kind of error (`database or disk is full`) quote nothing. */
function unavailable(cause: unknown): Error {
  const { errstr } = cause as { errstr?: string };
  const why = errstr === undefined ? '' : `: ${errstr}`;
  return new DetentError('table-unavailable', `the data file cannot be written${why}`, { cause });
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function holds({ absent, equals = {}, atLeast = {} }: Condition, item: Item | undefined): boolean {
  if (absent && item) return false;
  return (
    Object.entries(equals).every(([attribute, value]) => item?.[attribute] === value) &&
    Object.entries(atLeast).every(([attribute, least]) => Number(item?.[attribute] ?? Number.NaN) >= least)
  );
}

function added(before: Item | undefined, { deltas, set }: Extract<Write, { op: 'add' }>): Item {
  const sums = Object.entries(deltas).map(([attribute, delta]) => [
    attribute,
    Number(before?.[attribute] ?? 0) + delta,
  ]);
  return { ...before, ...Object.fromEntries(sums), ...set };
}

/** What the sandbox gateway knows, under names; a request's writes become visible together, or not at all. */
import { DatabaseSync } from 'node:sqlite';

export interface Store {
  get<T>(name: string): T | undefined;
  put(name: string, value: object): void;
  remove(name: string): void;
  /** All whose name begins so, in the order in which they were first put. */
  list<T>(prefix: string): T[];
  /** Everything in it, or nothing. */
  together<T>(work: () => T): T;
  close(): void;
}

/** Gone with the process. */
export function memoryStore(): Store {
  let values = new Map<string, string>();
  /** What was there before, of what has been put since the transaction began. */
  let undo: Map<string, string | undefined> | undefined;

  function rollBack(): void {
    for (const [name, before] of undo ?? []) {
      if (before === undefined) values.delete(name);
      else values.set(name, before);
    }
  }

  return {
    get: (name) => parsed(values.get(name)),
    put(name, value) {
      if (undo && !undo.has(name)) undo.set(name, values.get(name));
      values.set(name, JSON.stringify(value));
    },
    remove(name) {
      if (undo && !undo.has(name)) undo.set(name, values.get(name));
      values.delete(name);
    },
    list: (prefix) =>
      [...values].filter(([name]) => name.startsWith(prefix)).map(([, value]) => JSON.parse(value)),
    together(work) {
      undo = new Map();
      try {
        return work();
      } catch (error) {
        rollBack();
        throw error;
      } finally {
        undo = undefined;
      }
    },
    close() {
      values = new Map();
    },
  };
}

/**
 * A file that survives the process, however it ends: what has been answered is on the disk.
 *
 * @throws Error with a message for the person at the terminal.
 */
export function fileStore(path: string): Store {
  const db = openFile(path);
  const get = db.prepare('SELECT value FROM things WHERE name = ?');
  const put = db.prepare(
    'INSERT INTO things (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM things WHERE name = ?');
  const list = db.prepare('SELECT value FROM things WHERE name >= ? AND name < ? ORDER BY n');
  return {
    get: (name) => parsed(get.get(name)?.['value'] as string | undefined),
    put: (name, value) => void put.run(name, JSON.stringify(value)),
    remove: (name) => void remove.run(name),
    list: (prefix) => list.all(prefix, `${prefix}\u{10ffff}`).map(({ value }) => JSON.parse(String(value))),
    together(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const done = work();
        db.exec('COMMIT');
        return done;
      } catch (error) {
        // Where the disk is full, it has been rolled back already.
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => db.close(),
  };
}

function openFile(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path);
    // After a kill the process before may hold the file for a moment.
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    db.exec(
      'CREATE TABLE IF NOT EXISTS things (n INTEGER PRIMARY KEY, name TEXT UNIQUE, value TEXT NOT NULL)',
    );
    return db;
  } catch (error) {
    throw new Error(explain(path, error), { cause: error });
  }
}

/** By the result codes of SQLite. */
const remedies: { readonly [errcode: number]: string } = {
  5: 'is in use by another process. Stop it, or set DATA_DIR to another folder.',
  8: 'cannot be written. Check its permissions, and those of its folder.',
  10: 'cannot be read or written (disk I/O error). Check permissions, limits and the disk.',
  11: 'is damaged. It was left as it is: move it away, and the sandbox starts afresh.',
  13: 'cannot grow: the disk is full. Make room, or set DATA_DIR to another folder.',
  14: 'cannot be opened. Check its permissions, and those of its folder.',
  26: 'is no data file of the sandbox. Move it away, or set DATA_DIR to another folder.',
};

function explain(path: string, error: unknown): string {
  const { errcode = 0, message } = error as { errcode?: number; message?: string };
  return `${path} ${remedies[errcode & 0xff] ?? `cannot be used: ${message}`}`;
}

const parsed = <T>(text: string | undefined): T | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as T);

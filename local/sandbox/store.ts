/** What the sandbox gateway knows, under names; a request's writes become visible together, or not at all. */
import { DatabaseSync } from 'node:sqlite';

export interface Store {
  get<T>(name: string): T | undefined;
  put(name: string, value: object): void;
  /** All whose name begins so, in the order in which they were first put. */
  list<T>(prefix: string): T[];
  /** Everything in it, or nothing. */
  together<T>(work: () => T): T;
  close(): void;
}

/** Gone with the process. */
export function memoryStore(): Store {
  const values = new Map<string, string>();
  return {
    get: (name) => parsed(values.get(name)),
    put: (name, value) => void values.set(name, JSON.stringify(value)),
    list: (prefix) =>
      [...values].filter(([name]) => name.startsWith(prefix)).map(([, value]) => JSON.parse(value)),
    together: (work) => work(),
    close() {},
  };
}

/** A file that survives the process, however it ends: what has been answered is on the disk. */
export function fileStore(path: string): Store {
  const db = new DatabaseSync(path);
  // After a kill the one before may hold the file for a moment.
  db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE IF NOT EXISTS things (n INTEGER PRIMARY KEY, name TEXT UNIQUE, value TEXT NOT NULL)');
  const get = db.prepare('SELECT value FROM things WHERE name = ?');
  const put = db.prepare(
    'INSERT INTO things (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const list = db.prepare('SELECT value FROM things WHERE name >= ? AND name < ? ORDER BY n');
  return {
    get: (name) => parsed(get.get(name)?.['value'] as string | undefined),
    put: (name, value) => void put.run(name, JSON.stringify(value)),
    list: (prefix) => list.all(prefix, `${prefix}\u{10ffff}`).map(({ value }) => JSON.parse(String(value))),
    together(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const done = work();
        db.exec('COMMIT');
        return done;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => db.close(),
  };
}

const parsed = <T>(text: string | undefined): T | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as T);

/** The schema of the data file, and how a file of an earlier release gets it. */
import type { DatabaseSync } from 'node:sqlite';

/** "Detn": marks the file as ours (SQLite's application_id). */
export const APPLICATION_ID = 0x4465746e;
/** Raise it with every change of the schema, and add the step to `migrate`. */
export const SCHEMA_VERSION = 2;

/**
 * Items lie in the order in which they came, and a small index finds them by key: a table without rowids would keep the items
 * themselves in the order of their random keys, and touch a page of four for each (sqlite.org/withoutrowid.html, 4: rows larger
 * than a twentieth of a page).
 */
const SCHEMA = `
  CREATE TABLE items (
    tbl TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL,
    body TEXT NOT NULL, due_at TEXT, expires_at TEXT,
    PRIMARY KEY (tbl, pk, sk)
  );
  CREATE INDEX due ON items (tbl, due_at, pk, sk) WHERE due_at IS NOT NULL;
  CREATE INDEX expiry ON items (expires_at) WHERE expires_at IS NOT NULL;
`;

/** Makes the tables in an empty database, and marks it as ours. */
export function createSchema(db: DatabaseSync): void {
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; ${SCHEMA}`);
}

/**
 * Brings a file of an earlier release to the present schema: in one transaction, so that a crash leaves it as it was.
 *
 * @param begins is called where there is something to do: a large file takes a while.
 */
export function migrate(db: DatabaseSync, begins: () => void): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === SCHEMA_VERSION) return;
  begins();
  // 1: the same columns, in a table without rowids.
  db.exec(`
    BEGIN IMMEDIATE;
    DROP INDEX due;
    DROP INDEX expiry;
    ALTER TABLE items RENAME TO items_1;
    ${SCHEMA}
    INSERT INTO items SELECT tbl, pk, sk, body, due_at, expires_at FROM items_1;
    DROP TABLE items_1;
    PRAGMA user_version = ${SCHEMA_VERSION};
    COMMIT;
  `);
}

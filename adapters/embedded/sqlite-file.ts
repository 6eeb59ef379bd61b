import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, linkSync, openSync, readSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** "Detn": marks the file as ours (SQLite's application_id). */
const APPLICATION_ID = 0x4465746e;
/** Raise it with every change of the schema, and migrate in `openDataFile`. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE items (
    tbl TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL,
    body TEXT NOT NULL, due_at TEXT, expires_at TEXT,
    PRIMARY KEY (tbl, pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX due ON items (tbl, due_at, pk, sk) WHERE due_at IS NOT NULL;
  CREATE INDEX expiry ON items (expires_at) WHERE expires_at IS NOT NULL;
`;

/** A data file that this process must not touch. The message says what is wrong and what to do. */
export class DataFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataFileError';
  }
}

/**
 * Opens the data file, or makes it. The process holds it alone: a second one is refused.
 *
 * Settings: WAL, synchronous=FULL (an answered request survives a power cut), exclusive lock.
 *
 * @throws DataFileError for a corrupt or foreign file, which is left as it is, and for one that another process holds.
 */
export function openDataFile(path: string): DatabaseSync {
  if (existsSync(path)) checkHeader(path);
  else create(path);
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; PRAGMA wal_autocheckpoint = 4000');
    const mode = db.prepare('PRAGMA journal_mode = WAL').get();
    if (mode?.['journal_mode'] !== 'wal') throw new DataFileError(`${path} cannot be used in WAL mode`);
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT');
    checkContent(db, path);
    return db;
  } catch (error) {
    throw explain(error, path);
  }
}

/**
 * Made beside its place and put there whole, so that a crash never leaves half of a data file. Where another process was
 * faster, its file counts: a link replaces nothing.
 */
function create(path: string): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}.new`;
  const db = new DatabaseSync(draft);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; ${SCHEMA}`);
  db.close();
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft);
  }
}

/** Reads the header without SQLite, which might write to the file. Offsets: sqlite.org/fileformat2.html, 1.3. */
function checkHeader(path: string): void {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(100);
    const size = fstatSync(file).size;
    readSync(file, header, 0, 100, 0);
    if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
      throw new DataFileError(
        `${path} is not a data file of Detent. Set DATA_DIR to another folder, or move the file away.`,
      );
    }
    if (header.readUInt32BE(68) !== APPLICATION_ID) {
      throw new DataFileError(`${path} belongs to another program. Set DATA_DIR to another folder.`);
    }
    const version = header.readUInt32BE(60);
    if (version !== SCHEMA_VERSION) {
      throw new DataFileError(
        `${path} has schema version ${version}, this program needs ${SCHEMA_VERSION}. Use the matching release.`,
      );
    }
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    if (size < pageSize * header.readUInt32BE(28)) throw damaged(path, 'it is shorter than its header says');
  } finally {
    closeSync(file);
  }
}

/** Reading all of a large file would hold up the start: beyond this size only the schema is checked. */
const FULL_CHECK_BYTES = 64 * 1024 * 1024;

function checkContent(db: DatabaseSync, path: string): void {
  const { bytes } = db
    .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
    .get() as {
    bytes: number;
  };
  const problem =
    bytes <= FULL_CHECK_BYTES
      ? Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
      : db.prepare('SELECT count(*) FROM sqlite_schema').get() && 'ok';
  if (problem !== 'ok') throw damaged(path, String(problem));
}

const damaged = (path: string, how: string): DataFileError =>
  new DataFileError(
    `${path} is damaged (${how}). It was left as it is: restore a backup, or move it away to start afresh.`,
  );

function explain(error: unknown, path: string): unknown {
  const code =
    typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  const SQLITE = { BUSY: 5, READONLY: 8, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 };
  switch (code) {
    case SQLITE.BUSY:
      return new DataFileError(
        `${path} is in use by another process. Stop it, or set DATA_DIR to another folder.`,
      );
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
      return new DataFileError(`${path} cannot be written. Check the permissions of its folder.`);
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return damaged(path, 'SQLite cannot read it');
    case SQLITE.FULL:
      return new DataFileError(`${path}: the disk is full.`);
    default:
      return error;
  }
}

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, linkSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { APPLICATION_ID, createSchema, migrate, SCHEMA_VERSION } from './sqlite-schema.ts';

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
 * Settings: WAL, synchronous=FULL (an answered request survives a power cut; on macOS that takes `fullfsync`), exclusive lock.
 *
 * @param migrating is called before a file of an earlier release is brought to the present schema.
 * @throws DataFileError for a corrupt or foreign file, which is left as it is, and for one that another process holds.
 */
export function openDataFile(path: string, migrating = () => {}): DatabaseSync {
  if (existsSync(path)) checkHeader(path);
  else create(path);
  const hadLog = existsSync(`${path}-wal`);
  const db = new DatabaseSync(path);
  try {
    db.exec(
      'PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1; PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536',
    );
    const mode = db.prepare('PRAGMA journal_mode = WAL').get();
    if (mode?.['journal_mode'] !== 'wal') throw new DataFileError(`${path} cannot be used in WAL mode`);
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT');
    checkContent(db, path);
    migrate(db, migrating);
    return db;
  } catch (error) {
    // Closing would move a log into a file that is to be left as it is.
    if (!hadLog) db.close();
    throw explain(error, path);
  }
}

/**
 * Made beside its place and put there whole, so that a crash never leaves half of a data file. Where another process was
 * faster, its file counts: a link replaces nothing.
 */
function create(path: string): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    const db = new DatabaseSync(draft);
    try {
      createSchema(db);
    } finally {
      db.close();
    }
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw explain(error, path);
  } finally {
    if (existsSync(draft)) rmSync(draft);
  }
}

/**
 * Reads the header without SQLite, which might write to the file. Offsets: sqlite.org/fileformat2.html, 1.3. The length is
 * SQLite's to judge: beside a log the file may still be shorter than its header says.
 */
function checkHeader(path: string): void {
  if (!statSync(path).isFile()) {
    throw new DataFileError(`${path} is not a file. Set DATA_DIR to another folder, or move it away.`);
  }
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(100);
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
    if (version < 1 || version > SCHEMA_VERSION) {
      throw new DataFileError(
        `${path} has schema version ${version}, this program needs ${SCHEMA_VERSION}. Use the matching release.`,
      );
    }
  } finally {
    closeSync(file);
  }
}

/** Reading all of a large file would hold up the start: beyond this size only the schema is checked. */
const FULL_CHECK_BYTES = 64 * 1024 * 1024;

/** SQLite keeps no checksums: this finds damage to structure, keys and indexes, and items that are no JSON. */
function checkContent(db: DatabaseSync, path: string): void {
  const first = (sql: string) => Object.values(db.prepare(sql).get() ?? {})[0];
  const bytes = Number(first('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size'));
  if (bytes > FULL_CHECK_BYTES) return void first('SELECT count(*) FROM sqlite_schema');
  const problem = String(first('PRAGMA integrity_check(1)'));
  if (problem !== 'ok') throw damaged(path, problem.split('\n').at(-1) ?? problem);
  if (first('SELECT count(*) FROM items WHERE NOT json_valid(body)') !== 0)
    throw damaged(path, 'an item is not JSON');
}

const damaged = (path: string, how: string): DataFileError =>
  new DataFileError(
    `${path} is damaged (${how}). It was left as it is: restore a backup, or move it away to start afresh.`,
  );

function explain(error: unknown, path: string): unknown {
  const code =
    typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  const SQLITE = { BUSY: 5, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, NOTADB: 26 };
  switch (code) {
    case SQLITE.BUSY:
      return new DataFileError(
        `${path} is in use by another process. Stop it, or set DATA_DIR to another folder.`,
      );
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
      return new DataFileError(`${path} cannot be written. Check its permissions, and those of its folder.`);
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return damaged(path, 'SQLite cannot read it');
    case SQLITE.FULL:
      return new DataFileError(`${path}: the disk is full. Make room, or set DATA_DIR to another folder.`);
    case SQLITE.IOERR:
      return new DataFileError(
        `${path} cannot be read or written (disk I/O error). Check permissions, limits and the disk.`,
      );
    default:
      return error;
  }
}

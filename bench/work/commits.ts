/** Commits of SQLite, seen as the statements that it is given and counted where the log has a commit frame more after one. */
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type Frames, framesOf } from './wal.ts';

/** What something costs the disk. */
export interface DiskWork {
  /** Commits that reached the disk for good before anything else went on: in WAL mode one fsync each. */
  fsyncs: number;
  /** Of these, those that an answer waits for; the rest make sure, in the background, of what went without an fsync of its own. */
  fsyncsAwaited: number;
  /** Commits that wrote, synced or not. */
  commits: number;
  /** Items inserted, changed or deleted. */
  rows: number;
  /** That the write-ahead log grew by: whole pages, and a header for each. Which pages those are, SQLite decides. */
  walBytes: number;
}

interface Commit {
  rows: number;
  isSynced: boolean;
}

/** `PRAGMA synchronous`: from FULL on a commit in WAL mode is synced. */
const FULL = 2;

/**
 * What a task costs the disk, with nothing else under way. SQLite says itself how many rows it changed, and whether it syncs at
 * that moment.
 *
 * @param file of the database; nothing else of this process may write.
 * @throws Error where the log has grown otherwise: then commits are made in a way that this does not see.
 */
export async function diskWorkOf(file: string, task: () => void | Promise<void>): Promise<DiskWork> {
  const log = () => framesOf(readFileSync(`${file}-wal`));
  const before = log();
  const commits = await commitsDuring(task, log);
  const after = log();
  if (commits.length !== after.commits - before.commits)
    throw new Error(`${commits.length} commits were seen, but the log has ${after.commits - before.commits}`);
  const synced = commits.filter(({ isSynced }) => isSynced);
  return {
    fsyncs: synced.length,
    fsyncsAwaited: synced.filter(({ rows }) => rows > 0).length,
    commits: commits.length,
    rows: commits.reduce((sum, { rows }) => sum + rows, 0),
    walBytes: after.bytes - before.bytes,
  };
}

/** Every commit of this process that wrote something while a task ran. */
async function commitsDuring(task: () => void | Promise<void>, log: () => Frames): Promise<Commit[]> {
  const commits: Commit[] = [];
  const original = DatabaseSync.prototype.exec;
  const first = (db: DatabaseSync, sql: string) => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  let counted: number | undefined;
  DatabaseSync.prototype.exec = function exec(this: DatabaseSync, sql: string) {
    counted ??= first(this, 'SELECT total_changes()');
    if (!/\bCOMMIT\b/.test(sql)) return original.call(this, sql);
    const before = log().commits;
    const isSynced = first(this, 'PRAGMA synchronous') >= FULL;
    original.call(this, sql);
    const changes = first(this, 'SELECT total_changes()');
    if (log().commits > before) commits.push({ rows: changes - counted, isSynced });
    counted = changes;
  };
  try {
    await task();
  } finally {
    DatabaseSync.prototype.exec = original;
  }
  return commits;
}

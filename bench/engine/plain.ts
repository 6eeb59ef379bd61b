/** The physical limit (a): what a login must write, by plain `node:sqlite`, one login after the other, nothing around it. */
import type { DatabaseSync } from 'node:sqlite';
import { commit, newKey, note, writer } from './rows.ts';
import { type Run, runOf } from './run.ts';

/**
 * A login is two events with an fsynced commit each, creation and session. Between them is the commit of the relay's mark,
 * since the engine's figures include it: on both sides it has no fsync of its own.
 *
 * @param db as `openDataFile` opens it: the same settings as the engine's.
 */
export function plainLogins(db: DatabaseSync, logins: number): Run {
  const write = writer(db);
  const times: number[] = [];
  const begin = performance.now();
  for (let n = 0; n < logins; n++) {
    const pk = newKey();
    times.push(commit(db, () => write.creation(pk, 'phone')));
    note(db, () => write.mark(pk));
    times.push(commit(db, () => write.session(pk)));
  }
  return runOf(logins, times, begin, performance.now());
}

/** The physical limit (b): the same rows, but so many logins share each commit, and so each fsync. */
import type { DatabaseSync } from 'node:sqlite';
import { commit, newKey, note, writer } from './rows.ts';
import { type Run, runOf } from './run.ts';

/**
 * Three commits for each group: all creations, all marks, all sessions; the first and the last with an fsync. No engine can group better.
 *
 * @param together logins of a group.
 */
export function groupedLogins(db: DatabaseSync, logins: number, together: number): Run {
  const write = writer(db);
  const times: number[] = [];
  const begin = performance.now();
  let done = 0;
  for (; done < logins; done += together) {
    const group = Array.from({ length: together }, newKey);
    const created = commit(db, () => {
      for (const [n, pk] of group.entries()) write.creation(pk, `phone-${n}`);
    });
    note(db, () => {
      for (const pk of group) write.mark(pk);
    });
    const opened = commit(db, () => {
      for (const pk of group) write.session(pk);
    });
    for (const _login of group) times.push(created, opened);
  }
  return runOf(done, times, begin, performance.now());
}

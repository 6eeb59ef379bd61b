/** What tests of the journals' verification share: a table of their own, and what a run over it says. */
import { afterEach } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { Table } from '../../core/ports.ts';
import { type Finding, type VerifyOptions, verify } from '../../operations/journal-verify.ts';
import { partitionsSqlite } from '../../operations/sqlite-scan.ts';
import { TestClock } from '../support/clock.ts';
import { temporaryFolder } from '../support/tables.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A table on a file of its own, which goes with the test. */
export function sqlite() {
  const { path, remove } = temporaryFolder();
  const db = openDataFile(`${path}/detent.db`);
  closing.push(() => db.close(), remove);
  return { db, table: new SqliteTable(db), partitions: () => partitionsSqlite(db, 'payment#') };
}

/** Runs it, and notes what it says. */
export async function verified(
  table: Table,
  partitions: AsyncIterable<string[]>,
  options: Partial<VerifyOptions> = {},
  clock = new TestClock(),
) {
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => void findings.push(finding);
  const found = await verify({ table, clock }, 'payment', partitions, { onFinding, ...options });
  return { found, findings: findings.sort((one, other) => (one.flowId < other.flowId ? -1 : 1)) };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';

/** A folder of its own under the system's temporary one. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'detent-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A table on a real file. */
export function temporaryTable(cachedItems?: number): { table: SqliteTable; close: () => void } {
  const folder = temporaryFolder();
  const db = openDataFile(join(folder.path, 'detent.db'));
  return {
    table: new SqliteTable(db, cachedItems),
    close: () => {
      db.close();
      folder.remove();
    },
  };
}

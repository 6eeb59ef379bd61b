import { join } from 'node:path';
import { openKeyFile } from '../../adapters/embedded/key-file.ts';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { type NewUser, putUser } from '../../local/users.ts';
import { cheapCost } from './world.ts';

/** A data folder with users whose passwords cost next to nothing to check. */
export async function seed(dataDir: string, ...users: NewUser[]): Promise<void> {
  await openKeyFile(join(dataDir, 'keys.json'), { create: true });
  const db = openDataFile(join(dataDir, 'detent.db'));
  const table = new SqliteTable(db);
  for (const user of users) await putUser(table, user, cheapCost);
  db.close();
}

/** The embedded process as its users start it, with users of the benchmark. */
import { join } from 'node:path';
import { openKeyFile } from '../../adapters/embedded/key-file.ts';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { PasswordCost } from '../../flows/mfa-login/password.ts';
import { demoUser, putUser } from '../../local/users.ts';
import { cheap, putUsers, UNLIMITED } from '../logins.ts';
import { type Server, startServer } from '../start/child.ts';

export interface BenchServer extends Server {
  keyFile: string;
}

/**
 * @param folder an empty one.
 * @param cost of the users' passwords; that of the product where it is undefined. Cheap ones need no limit of how many are checked at once.
 */
export async function startDetent(folder: string, users: number, cost?: PasswordCost): Promise<BenchServer> {
  const keyFile = join(folder, 'keys.json');
  await openKeyFile(keyFile, { create: true });
  const db = openDataFile(join(folder, 'detent.db'));
  const table = new SqliteTable(db);
  await putUser(table, demoUser, cheap);
  await putUsers(table, users, cost);
  db.close();
  const most = String(UNLIMITED);
  const server = await startServer({
    module: 'local/main.ts',
    environment: {
      ...{ PORT: '0', DATA_DIR: folder },
      ...{ SMS_QUOTA_PER_PHONE: most, SMS_QUOTA_PER_PHONE_DAY: most },
      ...(cost && { PASSWORDS_AT_ONCE: most }),
    },
  });
  return { ...server, keyFile };
}

/** The embedded process as its users start it, with users of the benchmark. */
import { join } from 'node:path';
import { openKeyFile } from '../../adapters/embedded/key-file.ts';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { PasswordCost } from '../../flows/mfa-login/password.ts';
import { demoUser, putUser } from '../../local/users.ts';
import { type Server, startServer } from '../start/child.ts';

/** For figures that are not about passwords. */
export const cheap: PasswordCost = { N: 16, r: 1, p: 1 };

export const PASSWORD = 'secret';

/** More than is ever sent; what the settings take at most. */
const UNLIMITED = '999999999';

export interface BenchServer extends Server {
  keyFile: string;
}

/**
 * @param folder an empty one.
 * @param cost of the users' passwords; that of the product where it is undefined.
 */
export async function startDetent(folder: string, users: number, cost?: PasswordCost): Promise<BenchServer> {
  const keyFile = join(folder, 'keys.json');
  await openKeyFile(keyFile, { create: true });
  const db = openDataFile(join(folder, 'detent.db'));
  const table = new SqliteTable(db);
  const phone = (n: number) => `+1555${String(n).padStart(7, '0')}`;
  await Promise.all([
    putUser(table, demoUser, cheap),
    ...Array.from({ length: users }, (_, n) =>
      putUser(table, { username: `user-${n}`, password: PASSWORD, phone: phone(n) }, cost),
    ),
  ]);
  db.close();
  const server = await startServer({
    module: 'local/main.ts',
    environment: {
      ...{ PORT: '0', DATA_DIR: folder },
      ...{ SMS_QUOTA_PER_PHONE: UNLIMITED, SMS_QUOTA_PER_PHONE_DAY: UNLIMITED },
    },
  });
  return { ...server, keyFile };
}

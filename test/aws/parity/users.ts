import type { Table } from '../../../core/ports.ts';
import { type NewUser, putUser } from '../../../local/users.ts';
import { cheapCost } from '../../support/world.ts';

/** Writes a user: the same on every runtime, with a phone of its own. */
export async function userOf(table: Table, username: string): Promise<NewUser> {
  const digits = [...username].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_000_000, 7);
  const phone = `+1555${String(digits).padStart(7, '0')}`;
  const user = { username, phone, password: `pass-phrase-of-${username}` };
  await putUser(table, user, cheapCost);
  return user;
}

import { randomBytes } from 'node:crypto';
import type { Table } from '../core/ports.ts';
import { hashPassword, type PasswordCost } from '../flows/mfa-login/password.ts';

export interface NewUser {
  username: string;
  password: string;
  /** E.164. */
  phone: string;
}

/** The user of a fresh data folder. */
export const demoUser: NewUser = {
  username: 'demo',
  password: 'correct-horse-battery',
  phone: '+15555550100',
};

const userKey = (username: string) => ({ table: 'users', pk: `user#${username}`, sk: 'profile' });

/** Writes a user, or replaces the one of that name. */
export async function putUser(table: Table, user: NewUser, cost?: PasswordCost): Promise<void> {
  const { username, phone } = user;
  const password = await hashPassword(user.password, randomBytes(16), cost);
  await table.transact([{ op: 'put', key: userKey(username), item: { username, password, phone } }]);
}

export async function ensureUser(table: Table, user: NewUser): Promise<void> {
  if (!(await table.read(userKey(user.username)))) await putUser(table, user);
}

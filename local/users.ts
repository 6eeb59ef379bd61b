import { randomBytes } from 'node:crypto';
import type { Table, TransactOutcome } from '../core/ports.ts';
import type { Condition } from '../core/types.ts';
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

/** Writes a user, or replaces the one of that name, where the condition allows it. */
export async function putUser(
  table: Table,
  user: NewUser,
  cost?: PasswordCost,
  condition?: Condition,
): Promise<TransactOutcome> {
  const { username, phone } = user;
  const password = await hashPassword(user.password, randomBytes(16), cost);
  const item = { username, password, phone };
  return table.transact([{ op: 'put', key: userKey(username), item, ...(condition && { if: condition }) }]);
}

/** Takes a user away; `conflict` where there is none. */
export const removeUser = (table: Table, username: string): Promise<TransactOutcome> =>
  table.transact([{ op: 'delete', key: userKey(username), if: { equals: { username } } }]);

export async function ensureUser(table: Table, user: NewUser): Promise<void> {
  if (!(await table.read(userKey(user.username)))) await putUser(table, user);
}

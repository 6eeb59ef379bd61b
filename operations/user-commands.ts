/** Adding and removing users, by the rules of the API: what is accepted here can log in. */
import * as z from 'zod';
import { credentials } from '../api/login-routes.ts';
import type { Table } from '../core/ports.ts';
import { phonePattern } from '../flows/mfa-login/data.ts';
import type { PasswordCost } from '../flows/mfa-login/password.ts';
import { type NewUser, putUser, removeUser } from '../local/users.ts';

const user = credentials.extend({
  phone: z.string().regex(phonePattern, 'must be E.164: a plus and 8 to 15 digits, such as +15555550100'),
});

/** What is wrong with it, by field and without the value. */
export function mistakes(given: Partial<NewUser>): string[] {
  const parsed = user.partial().safeParse(given);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** @throws Error where the user exists and is not to be replaced, or is not as it should be. Nothing personal is quoted. */
export async function addUser(
  table: Table,
  given: NewUser,
  { replace = false, cost }: { replace?: boolean; cost?: PasswordCost } = {},
): Promise<void> {
  const wrong = mistakes(given);
  if (wrong.length > 0) throw new Error(`Nothing was changed. ${wrong.join('; ')}`);
  const outcome = await putUser(table, given, cost, replace ? undefined : { absent: true });
  if (outcome === 'conflict') {
    throw new Error(
      'There is a user of that name. Nothing was changed; --replace sets a new password and phone.',
    );
  }
  if (outcome === 'clash') throw busy();
}

/** @throws Error where there is no such user. */
export async function dropUser(table: Table, username: string): Promise<void> {
  const outcome = await removeUser(table, username);
  if (outcome === 'conflict') throw new Error('There is no user of that name.');
  if (outcome === 'clash') throw busy();
}

const busy = () => new Error('The table is busy. Nothing was changed: try again.');

/** Logins through the deployed API, and what is stored of them. */
import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import type { EntryItem } from '../../../core/bookkeeping.ts';
import { entryKey, recordKey } from '../../../core/flow.ts';
import type { InstanceRecord } from '../../../core/types.ts';
import { newUser, tableOf } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { post, type Reply } from './http.ts';
import { codeOn } from './phone.ts';

/** Tells the users of this run apart from those of earlier ones, in an emulator that lives on. */
const run = randomBytes(3).toString('hex');

/** A new user of this run. */
export const user = (deployed: Deployment, name: string): Promise<User> => newUser(deployed, named(name));

/** A name, or an Idempotency-Key, of this run. */
export const named = (name: string): string => `${name}-${run}`;

export type User = Awaited<ReturnType<typeof newUser>>;

export interface Begun extends User {
  loginId: string;
}

export const begin = (deployed: Deployment, { username, password }: User, key?: string): Promise<Reply> =>
  post(deployed, '/logins', { username, password }, key === undefined ? {} : { 'idempotency-key': key });

/** A login of a new user, begun and answered. */
export async function begun(deployed: Deployment, name: string): Promise<Begun> {
  const who = await user(deployed, name);
  const answer = await begin(deployed, who);
  expect(answer).toMatchObject({ status: 201, body: { state: 'WaitForOtpInput' } });
  return { ...who, loginId: String(answer.body['loginId']) };
}

export const submit = (deployed: Deployment, loginId: string, code: string, key?: string): Promise<Reply> =>
  post(deployed, `/logins/${loginId}/otp`, { code }, key === undefined ? {} : { 'idempotency-key': key });

/** Waits for the SMS, and finishes with its code. */
export async function finish(deployed: Deployment, { loginId, phone }: Begun): Promise<Reply> {
  const answer = await submit(deployed, loginId, await codeOn(phone));
  expect(answer).toMatchObject({ status: 200, body: { state: 'LoggedIn' } });
  return answer;
}

/** The stored record of a login. */
export async function recordOf(deployed: Deployment, loginId: string): Promise<InstanceRecord> {
  const item = await tableOf(deployed).read(recordKey('mfa-login', loginId));
  return item as unknown as InstanceRecord;
}

/** The stored entry of a login's first transition. */
export async function firstEntry(deployed: Deployment, loginId: string): Promise<EntryItem> {
  const item = await tableOf(deployed).read(entryKey('mfa-login', loginId, 1));
  return item as unknown as EntryItem;
}

/** What is noted on the effect of a login's first transition. */
export async function firstNote(deployed: Deployment, loginId: string) {
  const { effects, delivery } = await firstEntry(deployed, loginId);
  return delivery[effects[0]?.id ?? ''];
}

/** A code that is not this one. */
export const otherThan = (code: string): string => (code === '000000' ? '000001' : '000000');

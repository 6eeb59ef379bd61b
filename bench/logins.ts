/** What the logins of all parts have in common: their users, settings that stop none of them, and how one goes. */
import { randomBytes } from 'node:crypto';
import type { Table } from '../core/ports.ts';
import { deriveCode } from '../flows/mfa-login/otp.ts';
import type { PasswordCost } from '../flows/mfa-login/password.ts';
import { defaultSettings, type Settings } from '../flows/mfa-login/settings.ts';
import type { Runtime } from '../local/runtime.ts';
import { putUser } from '../local/users.ts';

/** For figures that are not about passwords. */
export const cheap: PasswordCost = { N: 16, r: 1, p: 1 };

/** More than is ever sent, and the most that the settings take. */
export const UNLIMITED = 999_999_999;

/** Those of the product, but with no end of SMS, nor of passwords that are checked at once: cheap ones hold up nobody. */
export const unlimited: Settings = {
  ...defaultSettings,
  ...{ smsQuotaPerHour: UNLIMITED, smsQuotaPerDay: UNLIMITED, passwordsAtOnce: UNLIMITED },
};

export const PASSWORD = 'secret';

/** As long as the API's own. */
export const newFlowId = (): string => randomBytes(16).toString('base64url');

/** The user with this number, from 0, with a phone of its own. */
export const userOf = (n: number) => ({
  username: `user-${n}`,
  password: PASSWORD,
  phone: `+1555${String(n).padStart(7, '0')}`,
});

/** @param cost of their passwords; that of the product where it is undefined. */
export async function putUsers(table: Table, count: number, cost?: PasswordCost): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => putUser(table, userOf(n), cost)));
}

export interface LoginOptions {
  /** The number of the user. */
  user?: number;
  flowId?: string;
  /** Whether the deliverer is told that the id is new, as the API tells it. */
  fresh?: boolean;
  /** Gets the ms of each of the two events. */
  took?: (ms: number) => void;
  /** What passes until the code is typed. */
  typing?: () => Promise<void>;
}

/**
 * One login, from the password to the session: two events.
 *
 * @throws Error where it does not come to its session.
 */
export async function logIn(
  { deliverer, secret, mfaLogin: { flow } }: Pick<Runtime, 'deliverer' | 'secret' | 'mfaLogin'>,
  { user = 0, flowId = newFlowId(), fresh = false, took, typing }: LoginOptions = {},
): Promise<void> {
  const tell = async (type: string, payload: { [field: string]: string }, isFresh = false) => {
    const begin = performance.now();
    const event = { id: `${flowId}-${type}`, type, payload };
    const answer = await deliverer.deliver({ flow, flowId, event, fresh: isFresh });
    took?.(performance.now() - begin);
    return answer;
  };
  const { username, password } = userOf(user);
  const begun = await tell('LoginRequested', { username, password, source: '192.0.2.1' }, fresh);
  if (!('record' in begun)) throw new Error(`login: ${begun.status}`);
  await typing?.();
  const code = deriveCode(await secret('otp'), flowId, Number(begun.record.data['codeCounter']));
  const ended = await tell('OtpSubmitted', { code });
  if (!('state' in ended) || ended.state !== 'LoggedIn') throw new Error(`code: ${ended.status}`);
}

/** Does a task so many times, so many at once: each lane, by its number from 0, does the next one when it is free. */
export async function inLanes(
  times: number,
  lanes: number,
  task: (lane: number) => Promise<void>,
): Promise<void> {
  const left = Array.from({ length: times }).values();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (const _turn of left) await task(lane);
    }),
  );
}

/** The requests of a login that must not be made twice, and the keys that see to it. */
import type { Answered, ask, newKey, Refusal } from '../common/api.ts';
import { isOpen } from '../common/wishes.ts';
import { underFirst } from './keys.ts';
import type { Keeper } from './resume.ts';
import { type Session, type View, waits } from './view.ts';

export interface Ports {
  ask: typeof ask;
  newKey: typeof newKey;
  keeper: Keeper;
}

export interface Accepted {
  state: string;
  session: Session;
}

/**
 * Begins a login, or finds the one that these credentials began before: under the key of the login that waits, then under that of one
 * without an answer. The API knows whether they are the same, so that no password is kept to compare with.
 *
 * @param waiting whether the login that is kept waits for its code, as far as is known.
 * @returns the answer, and the key of the login in it.
 */
export async function begin(
  { ask, newKey, keeper: { kept, keep } }: Ports,
  body: { username: string; password: string },
  waiting: boolean,
): Promise<{ key: string; answered: Answered<View> }> {
  const { login, creating } = kept();
  const fresh = newKey();
  const known = [waiting ? login?.key : undefined, creating].filter((key) => key !== undefined);
  const begun = await underFirst([...known, fresh], async (key) => {
    // Before the request: it may be the last thing that this page does.
    if (key === fresh) keep({ creating: key });
    const answered = await ask<View>('/logins', { method: 'POST', body, key });
    if (answered.kind !== 'done' || key === fresh) return answered;
    // A repeated answer says how things were then.
    const today = await ask<View>(`/logins/${answered.value.loginId}`);
    if (today.kind === 'silent') return today;
    return today.kind === 'done' && waits(today.value) ? today : undefined;
  });
  if (!isOpen(begun.answered)) keep({ creating: undefined });
  return begun;
}

/** A code, and the key that it goes under: the same code again is no other attempt. */
export interface Attempt {
  code: string;
  key: string;
}

/**
 * Sends a code. Under the key of one without an answer first: that was the same code, or the API says that it was not.
 *
 * @param onlyBefore the login is past its code; only the one without an answer is of use.
 */
export async function check(
  { ask, keeper: { kept, keep } }: Ports,
  { code, key }: Attempt,
  onlyBefore: boolean,
): Promise<Answered<Accepted>> {
  const { login, checking } = kept();
  const keys = new Set([...(checking === undefined ? [] : [checking]), ...(onlyBefore ? [] : [key])]);
  const { answered } = await underFirst([...keys], async (one) => {
    keep({ checking: one });
    return ask<Accepted>(`/logins/${login?.id}/otp`, { method: 'POST', body: { code }, key: one });
  });
  if (!isOpen(answered) && !onlyBefore) keep({ checking: undefined });
  return answered;
}

/** `refusal`: that of a session that was kept until now. */
export type Found =
  | { kind: 'view'; view: View; session?: Session; refusal?: Refusal }
  | { kind: 'gone'; refusal: Refusal }
  | { kind: 'silent' };

/** How the login that is kept stands: by its session, and where there is none, or no longer, by its view. */
export async function howItStands({ ask, keeper }: Ports): Promise<Found> {
  const { login, session } = keeper.kept();
  if (!login) return { kind: 'silent' };
  let refusal: Refusal | undefined;
  if (session) {
    const told = await ask('/session', { token: session.token });
    if (told.kind === 'done') {
      return { kind: 'view', view: { loginId: login.id, state: 'LoggedIn' }, session };
    }
    if (told.kind === 'silent' || told.refusal.name !== 'invalid-session') return { kind: 'silent' };
    ({ refusal } = told);
  }
  const told = await ask<View>(`/logins/${login.id}`);
  if (told.kind === 'done') return { kind: 'view', view: told.value, ...(refusal && { refusal }) };
  if (told.kind === 'refused' && told.refusal.name === 'not-found') {
    return { kind: 'gone', refusal: told.refusal };
  }
  return { kind: 'silent' };
}

/**
 * What the user may want of a login. There is no table of states here: each answer says how things stand, and that is shown.
 */
import { isOpen } from '../common/wishes.ts';
import { type Attempt, begin, check, howItStands, type Ports } from './requests.ts';
import { createStanding } from './standing.ts';
import { type Step, type View, type Wish, type Words, waits } from './view.ts';

export type Login = ReturnType<typeof createLogin>;

/** What a user may want of a login; `createStanding` says what the rest is. */
export function createLogin(ports: Ports, step: Step, onLogin: (loginId: string) => void = () => {}) {
  const { ask, newKey, keeper } = ports;
  const { kept, keep } = keeper;
  const { shown, show, take, look, wish, edited, forget, listen } = createStanding(ports, step, onLogin);
  let attempt: Attempt | undefined;
  /**
   * The key of a resend without an answer, and how many there were left then. Once a view counts fewer the code was sent, and the next
   * resend is another wish. A reload may forget it: then the view tells too.
   */
  let resending: { key: string; left: number | undefined } | undefined;

  return {
    ...{ shown, listen },

    signIn: (username: string, password: string) =>
      wish('sign-in', async () => {
        const before = shown().view;
        keep({ username });
        const { key, answered } = await begin(ports, { username, password }, waits(before));
        if (answered.kind !== 'done') return answered;
        const view = answered.value;
        keep({ login: { id: view.loginId, key }, checking: undefined, session: undefined });
        if (view.loginId !== before?.loginId) {
          attempt = undefined;
          resending = undefined;
        }
        show({ view, session: undefined, step: 'code', resent: 0 });
        // Only now: had the new login been refused, the old one would still be of use.
        if (before && waits(before) && before.loginId !== view.loginId)
          void ask(`/logins/${before.loginId}`, { method: 'DELETE' });
        return answered;
      }),

    enterCode: (code: string) =>
      wish('code', async () => {
        if (attempt?.code !== code) attempt = { code, key: newKey() };
        const { view } = shown();
        const answered = await check(ports, attempt, !waits(view));
        if (answered.kind !== 'done' || !view) return answered;
        const { state, session } = answered.value;
        attempt = undefined;
        keep({ session, checking: undefined });
        show({ view: { ...view, state }, session });
        return answered;
      }),

    resend: () =>
      wish('resend', async () => {
        const left = shown().view?.resendsLeft;
        if (!resending || resending.left !== left) resending = { key: newKey(), left };
        const request = { method: 'POST', key: resending.key } as const;
        const answered = await ask<View>(`/logins/${kept().login?.id}/resend`, request);
        if (!isOpen(answered)) resending = undefined;
        if (answered.kind === 'done') show({ view: answered.value, resent: shown().resent + 1 });
        return answered;
      }),

    cancel: () =>
      wish('cancel', async () => {
        const answered = await ask<View>(`/logins/${kept().login?.id}`, { method: 'DELETE' });
        if (answered.kind === 'done') show({ view: answered.value });
        return answered;
      }),

    signOut: () =>
      wish('sign-out', async () => {
        const answered = await ask('/session', { method: 'DELETE', token: kept().session?.token ?? '' });
        if (answered.kind !== 'done') return answered;
        const found = await howItStands(ports);
        if (found.kind === 'silent') return found;
        take(found);
        return answered;
      }),

    /** Back to the beginning, of a login that has ended. */
    startAgain(): void {
      if (!shown().busy) forget({ trouble: undefined });
    },

    /** The user went to the other form; nothing is asked. */
    goTo(step: Step): void {
      if (step === shown().step) return;
      resending = undefined;
      show({ step, trouble: undefined });
    },

    /** The user typed what cannot be right; nothing is asked. */
    mistaken: (wish: Wish, words: Words) => show({ trouble: { wish, words } }),

    /** The user goes on typing: what has no answer, or gets none, is not repeated by itself any more, and the next wish is another. */
    edited(): void {
      resending = undefined;
      edited();
    },

    /** Something may have happened elsewhere, or the connection is back. What had no answer is asked again, under its key. */
    refresh: (): Promise<void> => (shown().trouble?.again ?? look)(),

    /** The user asks again what had no answer. */
    async again(): Promise<void> {
      const { trouble } = shown();
      show({ trouble: undefined });
      await trouble?.again?.();
    },
  };
}

/**
 * What the page knows of its login, and what the user may want. It has no table of states: each answer says how things stand, and
 * that is shown.
 */
import type { Answered } from '../common/api.ts';
import { isOpen } from './keys.ts';
import { type Attempt, begin, check, type Found, howItStands, type Ports } from './requests.ts';
import { type Shown, type Step, type View, type Wish, type Words, waits } from './view.ts';

export type Login = ReturnType<typeof createLogin>;

/**
 * @param step where the user was in the history of the browser.
 * @param onLogin is told the id of the login that is shown, each time the API has spoken of it.
 */
export function createLogin(ports: Ports, step: Step, onLogin: (loginId: string) => void = () => {}) {
  const { ask, newKey, keeper } = ports;
  const { kept, keep } = keeper;
  const listeners = new Set<(shown: Shown) => void>();
  let attempt: Attempt | undefined;
  /** The key of a resend without an answer. A reload may forget it: then the view tells whether the code was sent. */
  let resending: string | undefined;
  let looking: Promise<void> | undefined;
  /** Rises with each wish: what was asked before says nothing of the time after it. */
  let wishes = 0;
  const resumed = () => ({
    begun: kept().creating !== undefined,
    unanswered: kept().checking !== undefined,
    username: kept().username ?? '',
  });
  let shown: Shown = { starting: kept().login !== undefined, step, resent: 0, ...resumed() };

  function show(change: Partial<Shown>): void {
    shown = { ...shown, ...change, ...resumed() };
    if (change.view) onLogin(change.view.loginId);
    for (const listener of listeners) listener(shown);
  }

  const forget = () =>
    keep({ login: undefined, creating: undefined, checking: undefined, session: undefined });

  function take(found: Found): void {
    if (found.kind === 'gone') {
      forget();
      const trouble = { wish: 'look', refusal: found.refusal } as const;
      show({ starting: false, view: undefined, session: undefined, step: 'password', trouble });
    } else if (found.kind === 'view') {
      const { view, session, refusal } = found;
      keep({ session });
      const trouble = refusal ? { wish: 'look' as const, refusal } : shown.trouble;
      const isAnswered = shown.trouble?.wish === 'look' && shown.trouble.again;
      show({ starting: false, view, session, trouble: isAnswered ? undefined : trouble });
    } else if (shown.starting && !shown.trouble) {
      show({ trouble: { wish: 'look', again: look } });
    }
  }

  /** Asks how things stand. */
  function look(): Promise<void> {
    if (shown.busy || !kept().login) return Promise.resolve();
    looking ??= (async () => {
      const before = wishes;
      const found = await howItStands(ports);
      looking = undefined;
      if (before === wishes) take(found);
    })();
    return looking;
  }

  /** One wish at a time. Refused, how things stand is asked too: the page shows that, and why the wish was not granted. */
  async function wish(name: Wish, run: () => Promise<Answered<unknown>>, repeated = false): Promise<void> {
    if (shown.busy) return;
    wishes++;
    const { trouble } = shown;
    show({ busy: name, trouble: repeated ? trouble : undefined });
    const answered = await run();
    if (answered.kind === 'refused' && name !== 'sign-in') take(await howItStands(ports));
    const refused = answered.kind === 'refused' ? { wish: name, refusal: answered.refusal } : undefined;
    const silent = repeated && trouble ? trouble : { wish: name, again: () => wish(name, run, true) };
    show({ busy: undefined, trouble: answered.kind === 'silent' ? silent : refused });
  }

  return {
    shown: () => shown,
    /** @returns what ends the listening. */
    listen(listener: (shown: Shown) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    signIn: (username: string, password: string) =>
      wish('sign-in', async () => {
        const before = shown.view;
        keep({ username });
        const { key, answered } = await begin(ports, { username, password }, waits(before));
        if (answered.kind !== 'done') return answered;
        const view = answered.value;
        keep({ login: { id: view.loginId, key }, checking: undefined, session: undefined });
        if (view.loginId !== before?.loginId) attempt = undefined;
        show({ view, session: undefined, step: 'code', resent: 0 });
        // Only now: had the new login been refused, the old one would still be of use.
        if (before && waits(before) && before.loginId !== view.loginId)
          void ask(`/logins/${before.loginId}`, { method: 'DELETE' });
        return answered;
      }),

    enterCode: (code: string) =>
      wish('code', async () => {
        if (attempt?.code !== code) attempt = { code, key: newKey() };
        const { view } = shown;
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
        resending ??= newKey();
        const request = { method: 'POST', key: resending } as const;
        const answered = await ask<View>(`/logins/${kept().login?.id}/resend`, request);
        if (!isOpen(answered)) resending = undefined;
        if (answered.kind === 'done') show({ view: answered.value, resent: shown.resent + 1 });
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
      wishes++;
      forget();
      attempt = undefined;
      show({ starting: false, view: undefined, session: undefined, step: 'password', trouble: undefined });
    },

    /** The user went to the other form; nothing is asked. */
    goTo(step: Step): void {
      if (step !== shown.step) show({ step, trouble: undefined });
    },

    /** The user typed what cannot be right; nothing is asked. */
    mistaken: (wish: Wish, words: Words) => show({ trouble: { wish, words } }),

    /** The user goes on typing: what had no answer is not repeated by itself any more. */
    edited(): void {
      if (shown.trouble?.again) show({ trouble: undefined });
    },

    /** Something may have happened elsewhere, or the connection is back. What had no answer is asked again, under its key. */
    refresh: (): Promise<void> => (shown.trouble?.again ?? look)(),

    /** The user asks again what had no answer. */
    async again(): Promise<void> {
      const { trouble } = shown;
      show({ trouble: undefined });
      await trouble?.again?.();
    },
  };
}

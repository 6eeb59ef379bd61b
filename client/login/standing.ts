/** How a login stands, as the API said last, and the one way in which something is asked of it. */
import type { Answered } from '../common/api.ts';
import { type Found, howItStands, type Ports } from './requests.ts';
import type { Shown, Step, Wish } from './view.ts';

/**
 * @param step where the user was in the history of the browser.
 * @param onLogin is told the id of the login that is shown, each time the API has spoken of it.
 */
export function createStanding(ports: Ports, step: Step, onLogin: (loginId: string) => void) {
  const { kept, keep } = ports.keeper;
  const listeners = new Set<(shown: Shown) => void>();
  let looking: Promise<void> | undefined;
  /** Rises with each wish: what was asked before says nothing of the time after it. */
  let wishes = 0;
  /** Rises as the user types: what was wanted before is not asked again behind their back. */
  let edits = 0;
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

  /** The login is no longer this page's. */
  function forget(change: Partial<Shown>): void {
    wishes++;
    keep({ login: undefined, creating: undefined, checking: undefined, session: undefined });
    show({ starting: false, view: undefined, session: undefined, step: 'password', ...change });
  }

  function take(found: Found): void {
    if (found.kind === 'gone') {
      forget({ trouble: { wish: 'look', refusal: found.refusal } });
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
    const before = edits;
    show({ busy: name, trouble: repeated ? trouble : undefined });
    const answered = await run();
    if (answered.kind === 'refused' && name !== 'sign-in') take(await howItStands(ports));
    const refused = answered.kind === 'refused' ? { wish: name, refusal: answered.refusal } : undefined;
    const again = before === edits ? { again: () => wish(name, run, true) } : {};
    const silent = repeated && trouble && before === edits ? trouble : { wish: name, ...again };
    show({ busy: undefined, trouble: answered.kind === 'silent' ? silent : refused });
  }

  /** The user goes on typing. */
  function edited(): void {
    edits++;
    if (shown.trouble?.again) show({ trouble: undefined });
  }

  return {
    ...{ show, take, look, wish, edited, forget },
    shown: () => shown,
    /** @returns what ends the listening. */
    listen(listener: (shown: Shown) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What is kept of a login over a reload: docs/login-page.md says why, and why there. Never a password, never a code. */
import type { Session } from './view.ts';

export interface Kept {
  username?: string | undefined;
  /** The newest login that the API confirmed, and the Idempotency-Key that created it. */
  login?: { id: string; key: string } | undefined;
  /** The key of a login of which no answer has come. */
  creating?: string | undefined;
  /** The key of a code of which no answer has come. */
  checking?: string | undefined;
  session?: Session | undefined;
}

export interface Keeper {
  kept(): Kept;
  /** Changes what is named; `undefined` forgets it. */
  keep(change: Kept): void;
}

const NAME = 'detent.login';

/**
 * Keeps in `storage`, which is that of one tab. Where a browser refuses that (a setting, a full disk), things are kept until the page
 * goes.
 */
export function keeper(storage: () => Pick<Storage, 'getItem' | 'setItem'>): Keeper {
  let here: Kept = {};
  try {
    here = read(storage().getItem(NAME));
  } catch {
    // Nothing is kept, or nothing may be.
  }
  return {
    kept: () => here,
    keep(change) {
      here = { ...here, ...change };
      try {
        storage().setItem(NAME, JSON.stringify(here));
      } catch {
        // A reload will begin anew.
      }
    },
  };
}

/** Only what is of the expected form: another version of this page may have written it. */
function read(text: string | null): Kept {
  const found = JSON.parse(text ?? '{}');
  const { username, login, creating, checking, session } = found;
  return {
    ...(isText(username) && { username }),
    ...(isText(login?.id) && isText(login?.key) && { login: { id: login.id, key: login.key } }),
    ...(isText(creating) && { creating }),
    ...(isText(checking) && { checking }),
    ...(isText(session?.token) &&
      isText(session?.expiresAt) && { session: { token: session.token, expiresAt: session.expiresAt } }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';

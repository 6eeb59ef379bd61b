/** What the API says of a login, and which screen that is. */
import type { Refusal } from '../common/api.ts';

/** As `GET /logins/{loginId}` answers (docs/http-api.md). Instants are ISO 8601 UTC. */
export interface View {
  loginId: string;
  state: string;
  phone?: string;
  expiresAt?: string;
  attemptsLeft?: number;
  resendsLeft?: number;
  resendAvailableAt?: string;
}

export interface Session {
  token: string;
  expiresAt: string;
}

/** What the user wanted; `look`: nothing but to see how things stand. */
export type Wish = 'sign-in' | 'code' | 'resend' | 'cancel' | 'sign-out' | 'look';

export type FieldName = 'username' | 'password' | 'code';

/** What is said, and the field that is to be corrected. */
export interface Words {
  text: string;
  field?: FieldName;
}

/**
 * A wish that was not granted: by a refusal of the API, or, in words, by what the page saw itself. Without either no answer came, and
 * `again` asks once more, under the same key.
 */
export interface Trouble {
  wish: Wish;
  refusal?: Refusal;
  words?: Words;
  again?: () => Promise<void>;
}

/** While a code is waited for, the user may be at either form; the history of the browser knows at which. */
export type Step = 'password' | 'code';

/** All that the page shows. */
export interface Shown {
  /** A login is kept from before, and the API has not said yet how it stands. */
  starting: boolean;
  step: Step;
  view?: View | undefined;
  session?: Session | undefined;
  /** Whether a login was begun, or a code sent off, of which no answer has come. */
  begun: boolean;
  unanswered: boolean;
  username: string;
  busy?: Wish | undefined;
  trouble?: Trouble | undefined;
  /** How often the code was sent again at the user's wish. */
  resent: number;
}

export type Screen = 'starting' | 'password' | 'code' | 'signed-in' | 'unanswered' | 'ended';

/** Whether the login waits for its code. */
export const waits = (view?: View): boolean => view?.state === 'WaitForOtpInput';

/** Which screen it is: by the state that the API names. */
export function screenOf({ starting, step, view, session, unanswered }: Shown): Screen {
  if (starting) return 'starting';
  if (!view) return 'password';
  if (waits(view)) return step;
  if (view.state !== 'LoggedIn') return 'ended';
  if (session) return 'signed-in';
  return unanswered ? 'unanswered' : 'ended';
}

/** What is said of each answer of the API, in one table by the name of the problem, and of each state in which a login ends. */
import type { Refusal } from '../common/api.ts';
import { inWords } from './time.ts';
import type { FieldName, Trouble, View, Words } from './view.ts';

/** The refusal, and the login as the API described it after that. */
type Tell = (refusal: Refusal, view: View | undefined) => Words;

const always =
  (text: string, field?: FieldName): Tell =>
  () => ({ text, ...(field && { field }) });

const soon = ({ retryAfter }: Refusal): string =>
  retryAfter === undefined ? 'in a moment' : `in ${inWords(retryAfter)}`;

const BROKEN =
  'This page and the server do not understand each other. Reload the page; if that does not help, tell us.';

/** By the name of the problem (api/problem.ts). */
export const problems: { [name: string]: Tell } = {
  'invalid-request': ({ members }) => wrongField(members['errors']),
  'invalid-credentials': always(
    'The user name or the password is wrong. Check both, and try again.',
    'password',
  ),
  'otp-invalid': ({ members }, view) => {
    const left = Number(view?.attemptsLeft ?? members['attemptsLeft']);
    const more = left === 1 ? 'One attempt is left.' : `${left} attempts are left.`;
    return { text: `This code is wrong. ${more}`, field: 'code' };
  },
  'invalid-session': always('Your session has ended. Sign in again.'),
  'not-found': always('This sign-in is no longer known. Start again.'),
  conflict: (refusal) => ({
    text: `Something else changed this sign-in. Nothing was counted: try again ${soon(refusal)}.`,
  }),
  'wrong-state': always('This is no longer possible: the sign-in has moved on.'),
  'no-resends-left': always('The code was sent as often as it can be. Use it, or start again.'),
  'too-many-deferred': always(
    'Too much is going on with this sign-in. Nothing was counted: try again in a moment.',
  ),
  'otp-expired': always('The code has expired. Start again.'),
  locked: always('Too many wrong codes: this sign-in is closed. Start again.'),
  'key-reused': always('You entered another code before. Enter that one, or start again.', 'code'),
  'resend-too-early': (refusal) => ({
    text: `The code was sent a moment ago. You can have it sent again ${soon(refusal)}.`,
  }),
  throttled: (refusal) => ({
    text: `Too many messages were sent to your phone. Try again ${soon(refusal)}.`,
  }),
  'try-again': (refusal) => ({
    text: `A service that we need is down. Nothing was counted and nothing is lost: try again ${soon(refusal)}.`,
  }),
  'internal-error': always('Something went wrong on our side. Nothing was half done: try again.'),
  'too-large': always('What you entered is too long.'),
  'method-not-allowed': always(BROKEN),
  'unsupported-media-type': always(BROKEN),
};

const wrongFields: { [path: string]: Words } = {
  username: { text: 'A user name has 1 to 128 characters.', field: 'username' },
  password: { text: 'A password has 1 to 1,024 characters.', field: 'password' },
  code: { text: 'A code has six digits.', field: 'code' },
};

function wrongField(errors: unknown): Words {
  const [first] = Array.isArray(errors) ? errors : [];
  return wrongFields[String(first?.path)] ?? { text: BROKEN };
}

/** A refusal that does not come from Detent but from something in front of it. */
function byStatus({ status, retryAfter }: Refusal): Words {
  const later = retryAfter === undefined ? 'in a moment' : `in ${inWords(retryAfter)}`;
  if (status === 429) return { text: `Too many requests come from here. Try again ${later}.` };
  if (status >= 500) return { text: `The server does not work as it should. Try again ${later}.` };
  return { text: BROKEN };
}

/** What is said of a wish that was not granted. */
export function wordsFor({ refusal, words, wish, again }: Trouble, view: View | undefined): Words {
  if (words) return words;
  if (refusal) return problems[refusal.name]?.(refusal, view) ?? byStatus(refusal);
  const safe = wish === 'look' ? '' : ' Nothing is lost, and trying again does no harm.';
  const itself = again ? ' It is tried again by itself as soon as there is a connection.' : '';
  return { text: `No answer from the server.${safe}${itself}` };
}

/** By the state of the login (state-definitions/mfa-login.asl.json): those in which it has ended, for this page at least. */
export const ends: { [state: string]: { title: string; text: string } } = {
  LoggedIn: {
    title: 'Signed in elsewhere',
    text: 'The code was used in another tab or window, and you are signed in there. To sign in here too, start again.',
  },
  Locked: {
    title: 'Too many wrong codes',
    text: 'For your safety this sign-in is closed, and its code is of no more use. Start again to get another one.',
  },
  OtpExpired: {
    title: 'The code has expired',
    text: 'A code is valid for a few minutes only. Start again, and we send you another one.',
  },
  Cancelled: {
    title: 'Sign-in cancelled',
    text: 'The code that was sent is of no more use.',
  },
  DeliveryFailed: {
    title: 'The code could not be sent',
    text: 'We tried several times to send the SMS. Check that your phone can receive messages, and start again.',
  },
  Denied: {
    title: 'Sign-in refused',
    text: 'The user name or the password was wrong, or too many messages were sent to your phone.',
  },
  LoggedOut: { title: 'You are signed out', text: 'Nobody can use this session any more.' },
  SessionExpired: {
    title: 'Your session has ended',
    text: 'It was open for as long as it may be. Sign in again.',
  },
};

/** How a login has ended. A session that the API no longer takes has ended, also where the state does not say so yet. */
export function endOf(view: View, trouble?: Trouble): { title: string; text: string } {
  if (trouble?.refusal?.name === 'invalid-session' && view.state === 'LoggedIn')
    return { title: 'Your session has ended', text: 'Sign in again.' };
  return (
    ends[view.state] ?? {
      title: 'This sign-in has ended',
      text: 'It cannot be continued here. Start again, and we send you another code.',
    }
  );
}

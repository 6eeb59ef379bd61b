/** The login as an XState machine: the peer's side of part 1, written as its documentation would have it. */
import { assign, fromPromise, setup } from 'xstate';
import { secondsAfter } from '../../flows/mfa-login/data.ts';
import { codesEqual, deriveCode } from '../../flows/mfa-login/otp.ts';
import { passwordMatches } from '../../flows/mfa-login/password.ts';
import { signSession } from '../../flows/mfa-login/session.ts';
import { defaultSettings as settings } from '../../flows/mfa-login/settings.ts';

interface Login {
  loginId: string;
  sub: string;
  phone: string;
  codeCounter: number;
  expiresAt: string;
  attemptsLeft: number;
  session?: { issuedAt: string; expiresAt: string };
}

type Event =
  | { type: 'LoginRequested'; username: string; password: string; user: User | undefined }
  | { type: 'OtpSubmitted'; code: string }
  | { type: 'CancelRequested' }
  | { type: 'LogoutRequested' };

/** As stored: the password is a hash. */
export interface User {
  password: string;
  phone: string;
}

/**
 * The same checks as the flow's: the password, the code in time and within its attempts; the same token, signed the same.
 *
 * @param onToken gets each token; it is not kept in the machine.
 */
export function loginMachine(otp: string, signing: string, onToken: (token: string) => void) {
  return setup({
    types: { context: {} as Login, events: {} as Event, input: {} as { loginId: string } },
    actors: {
      verifyPassword: fromPromise<boolean, { password: string; user: User | undefined }>(
        async ({ input: { password, user } }) =>
          user !== undefined && passwordMatches(password, user.password),
      ),
      mintSession: fromPromise<Login['session'], Login>(async ({ input: { sub, loginId } }) => {
        const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
        const session = { issuedAt, expiresAt: secondsAfter(issuedAt, settings.sessionSeconds) };
        onToken(await signSession(signing, { sub, loginId, ...session }, settings));
        return session;
      }),
    },
    guards: {
      tooLate: ({ context }) => context.expiresAt <= new Date().toISOString(),
      codeIsRight: ({ context: { loginId, codeCounter }, event }) =>
        event.type === 'OtpSubmitted' && codesEqual(event.code, deriveCode(otp, loginId, codeCounter)),
      lastAttempt: ({ context }) => context.attemptsLeft <= 1,
    },
    actions: {
      identify: assign(({ event }) =>
        event.type === 'LoginRequested' ? { sub: event.username, phone: event.user?.phone ?? '' } : {},
      ),
      challenge: assign(() => ({
        codeCounter: Date.now(),
        expiresAt: secondsAfter(Date.now(), settings.codeSeconds),
        attemptsLeft: settings.attempts,
      })),
      countAttempt: assign(({ context }) => ({ attemptsLeft: context.attemptsLeft - 1 })),
    },
  }).createMachine({
    id: 'mfa-login',
    initial: 'New',
    context: ({ input }) => ({
      ...{ loginId: input.loginId, sub: '', phone: '', codeCounter: 0, expiresAt: '', attemptsLeft: 0 },
    }),
    states: {
      New: { on: { LoginRequested: { target: 'VerifyPassword', actions: 'identify' } } },
      VerifyPassword: {
        tags: 'busy',
        invoke: {
          src: 'verifyPassword',
          input: ({ event }) =>
            event.type === 'LoginRequested'
              ? { password: event.password, user: event.user }
              : { password: '', user: undefined },
          onDone: [
            { guard: ({ event }) => event.output, target: 'WaitForOtpInput', actions: 'challenge' },
            { target: 'Denied' },
          ],
          onError: 'Denied',
        },
      },
      WaitForOtpInput: {
        on: {
          OtpSubmitted: [
            { guard: 'tooLate', target: 'OtpExpired' },
            { guard: 'codeIsRight', target: 'MintSession' },
            { guard: 'lastAttempt', target: 'Locked', actions: 'countAttempt' },
            { actions: 'countAttempt' },
          ],
          CancelRequested: 'Cancelled',
        },
      },
      MintSession: {
        tags: 'busy',
        invoke: {
          src: 'mintSession',
          input: ({ context }) => context,
          onDone: {
            target: 'LoggedIn',
            actions: assign(({ event }) => (event.output ? { session: event.output } : {})),
          },
          onError: 'WaitForOtpInput',
        },
      },
      LoggedIn: { on: { LogoutRequested: 'LoggedOut' } },
      Denied: { type: 'final' },
      OtpExpired: { type: 'final' },
      Locked: { type: 'final' },
      Cancelled: { type: 'final' },
      LoggedOut: { type: 'final' },
    },
  });
}

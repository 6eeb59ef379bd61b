import { Countdown, useApiTime } from './countdown.tsx';
import type { ScreenProps } from './login-page.tsx';
import { Notice, Slow } from './parts.tsx';
import { secondsLeft } from './time.ts';

/** The session, and the end of it. */
export function SignedIn({ login, shown }: ScreenProps) {
  const { session, busy, username } = shown;
  const left = secondsLeft(session?.expiresAt, useApiTime().atMost);
  return (
    <div aria-busy={busy !== undefined}>
      <svg class="tick" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
        <circle cx="24" cy="24" r="24" />
        <path d="M15 24.5l6.5 6.5L34 18" />
      </svg>
      <h1 tabIndex={-1} data-first="">
        You are signed in
      </h1>
      <p>
        {username !== '' && (
          <>
            As <strong class="who">{username}</strong>.{' '}
          </>
        )}
        {left === 0 ? (
          'The session ends: one moment.'
        ) : (
          <>
            The session ends in <Countdown until={session?.expiresAt} />.
          </>
        )}
      </p>
      <Notice login={login} shown={shown} />
      <button type="button" aria-disabled={busy !== undefined} onClick={() => void login.signOut()}>
        {busy ? 'Signing out…' : 'Sign out'}
      </button>
      <Slow busy={busy} />
    </div>
  );
}

import type { ScreenProps } from './login-page.tsx';
import { Notice } from './parts.tsx';
import { endOf } from './words.ts';

/** How a login has ended: by the state that the API names. */
export function Ended({ login, shown: { view, trouble } }: ScreenProps) {
  if (!view) return null;
  const { title, text } = endOf(view, trouble);
  return (
    <div>
      <h1 tabIndex={-1} data-first="">
        {title}
      </h1>
      <p>{text}</p>
      <button class="main" type="button" onClick={login.startAgain}>
        {/^(LoggedOut|SessionExpired)$/.test(view.state) ? 'Sign in again' : 'Start again'}
      </button>
    </div>
  );
}

/** A login is kept from before; the API is asked how it stands. */
export function Starting({ login, shown }: ScreenProps) {
  return (
    <div aria-busy={!shown.trouble}>
      <h1 tabIndex={-1} data-first="">
        Sign in
      </h1>
      <Notice login={login} shown={shown} />
      {shown.trouble ? (
        <button class="link" type="button" onClick={login.startAgain}>
          Start again
        </button>
      ) : (
        <p>One moment…</p>
      )}
    </div>
  );
}

import { useState } from 'preact/hooks';
import type { ScreenProps } from './login-page.tsx';
import { Field, Notice, Phone, Slow, Submit, wordsOf } from './parts.tsx';
import { waits } from './view.ts';

/** User name and password. The fields keep what is in them; the page reads them when they are sent. */
export function PasswordForm({ login, shown }: ScreenProps) {
  const [isVisible, setVisible] = useState(false);
  const { view, busy, trouble, begun, username } = shown;
  const words = wordsOf(shown);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const [name, password] = [String(given.get('username')), String(given.get('password'))];
    if (name === '') login.mistaken('sign-in', { text: 'Enter your user name.', field: 'username' });
    else if (password === '') login.mistaken('sign-in', { text: 'Enter your password.', field: 'password' });
    else void login.signIn(name, password);
  }

  return (
    <form noValidate aria-busy={busy === 'sign-in'} onSubmit={submit} onInput={login.edited}>
      <h1>Sign in</h1>
      {waits(view) && (
        <div class="notice">
          <p>
            A code was sent to <Phone number={view?.phone} />.
          </p>
          <button type="button" onClick={() => login.goTo('code')}>
            Enter the code
          </button>
        </div>
      )}
      {begun && !trouble && !busy && (
        <p class="notice">
          Your last sign-in had no answer. Enter your password once more: no second code is sent.
        </p>
      )}
      <Notice login={login} shown={shown} />
      <Field name="username" label="User name" words={words}>
        {(attributes) => (
          <input
            {...attributes}
            data-first={username === '' ? '' : undefined}
            defaultValue={username}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
          />
        )}
      </Field>
      <Field name="password" label="Password" words={words}>
        {(attributes) => (
          <span class="with-button">
            <input
              {...attributes}
              data-first={username === '' ? undefined : ''}
              {...(isVisible ? { type: 'text' as const } : { type: 'password' as const })}
              autocomplete="current-password"
              autocapitalize="none"
              spellcheck={false}
              required
            />
            <button
              type="button"
              aria-label={isVisible ? 'Hide password' : 'Show password'}
              onClick={() => setVisible(!isVisible)}
            >
              {isVisible ? 'Hide' : 'Show'}
            </button>
          </span>
        )}
      </Field>
      <Submit busy={busy === 'sign-in'}>Continue</Submit>
      <Slow busy={busy} />
    </form>
  );
}

import { useEffect, useRef, useState } from 'preact/hooks';
import { CodeForm } from './code-form.tsx';
import { Ended, Starting } from './ended.tsx';
import type { Login } from './login.ts';
import { PasswordForm } from './password-form.tsx';
import { say } from './say.ts';
import { SignedIn } from './signed-in.tsx';
import { type Screen, type Shown, screenOf } from './view.ts';
import { endOf, wordsFor } from './words.ts';

const titles: { [screen in Screen]: string } = {
  starting: 'Sign in',
  password: 'Sign in',
  code: 'Enter the code',
  unanswered: 'Enter the code again',
  'signed-in': 'Signed in',
  ended: 'Sign-in ended',
};

/** What every screen is given. */
export interface ScreenProps {
  login: Login;
  shown: Shown;
}

/** The page: the screen that belongs to what the API said last, and where the focus goes. */
export function LoginPage({ login }: { login: Login }) {
  const [shown, setShown] = useState(login.shown());
  useEffect(() => {
    // An answer may have come between the first rendering and now.
    setShown(login.shown());
    return login.listen(setShown);
  }, [login]);
  const screen = screenOf(shown);
  const { view, trouble } = shown;

  const before = useRef(screen);
  useEffect(() => {
    const end = screen === 'ended' && view ? endOf(view, trouble) : undefined;
    document.title = end?.title ?? titles[screen];
    const isFirst = before.current === screen || before.current === 'starting';
    before.current = screen;
    // Who has just opened the page is where its reader begins: nothing pulls them away.
    if (isFirst && document.activeElement === document.body) return;
    document.querySelector<HTMLElement>('#page [data-first]')?.focus();
    if (end) say(end.text);
  }, [screen, view?.state]);

  useEffect(() => {
    if (!trouble || screen === 'ended') return;
    const { text, field } = wordsFor(trouble, view);
    say(text);
    const input = field && document.querySelector<HTMLInputElement>(`#page [name=${field}]`);
    if (input) {
      input.focus();
      input.select();
    }
  }, [trouble]);

  return (
    <>
      <p class="brand">
        <Mark /> Detent
      </p>
      <div class="pane">{screenFor(screen, { login, shown })}</div>
    </>
  );
}

function screenFor(screen: Screen, props: ScreenProps) {
  switch (screen) {
    case 'starting':
      return <Starting {...props} />;
    case 'password':
      return <PasswordForm {...props} />;
    case 'code':
      return <CodeForm {...props} key="code" />;
    case 'unanswered':
      return <CodeForm {...props} key="unanswered" />;
    case 'signed-in':
      return <SignedIn {...props} />;
    case 'ended':
      return <Ended {...props} />;
  }
}

/** A ball at rest in its notch. */
const Mark = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="var(--accent)" />
    <path d="M5 21h5.5l5.5 5 5.5-5H27" class="notch" />
    <circle cx="16" cy="15" r="5.5" class="ball" />
  </svg>
);

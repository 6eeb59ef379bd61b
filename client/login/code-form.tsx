import { useEffect } from 'preact/hooks';
import { codeFrom, codeIn } from './code.ts';
import { Countdown, useApiTime } from './countdown.tsx';
import type { ScreenProps } from './login-page.tsx';
import { Field, Notice, Phone, Slow, Submit, wordsOf } from './parts.tsx';
import { say } from './say.ts';
import { clock, inWords, many, secondsLeft, secondsUntil } from './time.ts';
import { waits } from './view.ts';

/**
 * The code. It is sent when the user says so, never by its sixth digit: a mistyped one would cost an attempt before it can be seen, and
 * nothing changes by typing alone (WCAG 3.2.2).
 */
export function CodeForm({ login, shown }: ScreenProps) {
  const { view, busy, trouble, unanswered, resent } = shown;
  const isWaiting = waits(view);
  useEffect(() => {
    if (resent > 0) say(SENT_AGAIN);
  }, [resent]);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const code = codeFrom(String(new FormData(event.currentTarget as HTMLFormElement).get('code')));
    if (code) void login.enterCode(code);
    else login.mistaken('code', { text: 'Enter the six digits from the SMS.', field: 'code' });
  }

  return (
    <form noValidate aria-busy={busy !== undefined} onSubmit={submit} onInput={login.edited}>
      <h1>{isWaiting ? 'Enter the code' : 'Enter the code again'}</h1>
      {isWaiting ? (
        <p>
          We sent an SMS with a six-digit code to <Phone number={view?.phone} />.
        </p>
      ) : (
        <p>
          Your code was right, but the answer to this page was lost. Enter the same code again and you are
          signed in.
        </p>
      )}
      {isWaiting && unanswered && !trouble && !busy && (
        <p class="notice">Your last code had no answer. Enter it again: it is not counted twice.</p>
      )}
      {resent > 0 && !trouble && <p class="notice good">{SENT_AGAIN}</p>}
      <Notice login={login} shown={shown} />
      <Field name="code" label="Code" words={wordsOf(shown)} hint={isWaiting && <Left shown={shown} />}>
        {(attributes) => (
          <input
            {...attributes}
            class="code"
            data-first=""
            autocomplete="one-time-code"
            inputmode="numeric"
            autocapitalize="none"
            spellcheck={false}
            onPaste={paste}
            required
          />
        )}
      </Field>
      <Submit busy={busy === 'code'}>Sign in</Submit>
      <Slow busy={busy} />
      {isWaiting ? (
        <>
          <Resend login={login} shown={shown} />
          <div class="others">
            <button class="link" type="button" onClick={() => login.goTo('password')}>
              Use another account
            </button>
            <button
              class="link"
              type="button"
              aria-disabled={busy !== undefined}
              onClick={() => void login.cancel()}
            >
              Cancel
            </button>
          </div>
        </>
      ) : (
        <div class="others">
          <button class="link" type="button" aria-disabled={busy !== undefined} onClick={login.startAgain}>
            Start again
          </button>
        </div>
      )}
    </form>
  );
}

const SENT_AGAIN = 'The code was sent again. It is the same one.';

/** A whole SMS may be pasted: its code is taken out. */
function paste(event: ClipboardEvent): void {
  const code = codeIn(event.clipboardData?.getData('text') ?? '');
  if (code === undefined) return;
  event.preventDefault();
  const input = event.currentTarget as HTMLInputElement;
  input.value = code;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

/** How long the code is valid, and how often it may be wrong, unless that has just been said. */
function Left({ shown: { view, trouble } }: Pick<ScreenProps, 'shown'>) {
  const left = secondsLeft(view?.expiresAt, useApiTime().atMost);
  if (left === 0) return <>The time is up: one moment.</>;
  return (
    <>
      Valid for <Countdown until={view?.expiresAt} isAloud />
      {trouble?.refusal?.name !== 'otp-invalid' && ` · ${many(view?.attemptsLeft ?? 0, 'attempt')} left`}
    </>
  );
}

/** Sends the code again. It keeps its place and its name while it has to wait; how long stands beside it. */
function Resend({ login, shown: { view, busy } }: ScreenProps) {
  const wait = secondsUntil(view?.resendAvailableAt, useApiTime().atLeast);
  const left = view?.resendsLeft ?? 0;
  const isClosed = left === 0 || wait > 0 || busy !== undefined;
  const none = 'It was sent as often as it can be.';
  const later =
    wait > 0 ? `You can have it sent again in ${inWords(wait)}.` : 'One moment: a request is under way.';
  return (
    <p class="resend">
      <button
        type="button"
        aria-disabled={isClosed}
        aria-describedby="resend-when"
        onClick={() => (isClosed ? say(left === 0 ? none : later) : void login.resend())}
      >
        {busy === 'resend' ? 'Sending…' : 'Send the code again'}
      </button>{' '}
      <span class="hint" id="resend-when">
        {left > 0 && wait > 0 && (
          <>
            in <span class="ticking">{clock(wait)}</span>
            {' · '}
          </>
        )}
        {left === 0 ? none : `can be sent ${many(left, 'more time')}`}
      </span>
    </p>
  );
}

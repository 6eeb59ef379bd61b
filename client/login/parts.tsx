/** What several screens are made of. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ScreenProps } from './login-page.tsx';
import { say } from './say.ts';
import type { FieldName, Wish, Words } from './view.ts';
import { wordsFor } from './words.ts';

/** What is said of the last wish, where it is not said at a field; with a button where no answer came. */
export function Notice({ login, shown: { trouble, view } }: ScreenProps) {
  if (!trouble) return null;
  const { text, field } = wordsFor(trouble, view);
  if (field) return null;
  return (
    <div class="notice bad">
      <p>{text}</p>
      {trouble.again && (
        <button type="button" onClick={() => void login.again()}>
          Try again
        </button>
      )}
    </div>
  );
}

/** A field with its label, its hint and what is wrong with it. */
export function Field({
  name,
  label,
  hint,
  words,
  children,
}: {
  name: FieldName;
  label: string;
  hint?: ComponentChildren;
  words: Words | undefined;
  children: (attributes: {
    id: string;
    name: string;
    'aria-invalid': boolean;
    'aria-describedby': string | undefined;
  }) => ComponentChildren;
}) {
  const isWrong = words?.field === name;
  const described = [...(isWrong ? [`${name}-error`] : []), ...(hint ? [`${name}-hint`] : [])];
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children({
        id: name,
        name,
        'aria-invalid': isWrong,
        'aria-describedby': described.join(' ') || undefined,
      })}
      {isWrong && (
        <p class="error" id={`${name}-error`}>
          {words.text}
        </p>
      )}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** The words for a field, where the last wish has any. */
export const wordsOf = ({ trouble, view }: ScreenProps['shown']): Words | undefined =>
  trouble && wordsFor(trouble, view);

/** The main button of a form. It keeps the focus while a request is under way, so it is not `disabled`. */
export function Submit({ busy, children }: { busy: boolean; children: ComponentChildren }) {
  return (
    <button class="main" type="submit" aria-disabled={busy}>
      {busy ? 'Checking…' : children}
    </button>
  );
}

const SLOW_MS = 4_000;

/** Says so where a request takes long. */
export function Slow({ busy }: { busy: Wish | undefined }) {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!busy) return;
    const timer = setTimeout(() => {
      setSlow(true);
      say(SLOW);
    }, SLOW_MS);
    return () => clearTimeout(timer);
  }, [busy]);
  return isSlow ? <p class="notice">{SLOW}</p> : null;
}

const SLOW = 'This takes longer than usual. You need not do anything.';

/** A masked phone number; read aloud it would be seven bullets. */
export function Phone({ number }: { number: string | undefined }) {
  if (!number) return <>your phone</>;
  return (
    <>
      <span class="masked" aria-hidden="true">
        {number}
      </span>
      <span class="hidden">your phone number that ends in {number.slice(-4)}</span>
    </>
  );
}

/** A state in words, and by its name. */
import { type Words, wordsOf } from './states.ts';

interface StateProps {
  states: { readonly [state: string]: Words };
  state: string;
}

/** The instance beside it tells those who do not see it, as it changes; twice would be too much. */
export function StateWords({ states, state }: StateProps) {
  const { title, text, tone } = wordsOf(states, state);
  return (
    <div class={`standing standing-${tone}`} data-state={state}>
      <b>{title}</b> {title !== state && <code>{state}</code>}
      {text !== '' && <p>{text}</p>}
    </div>
  );
}

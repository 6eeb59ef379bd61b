/** The newest instance of a page, in the inspector's eyes. */
import { useState } from 'preact/hooks';
import { Instance } from '../inspector/instance.tsx';

interface WatchProps {
  flow: string;
  /** Undefined: there is none yet. */
  id: string | undefined;
  /** What to do to have one. */
  hint: string;
}

function Head({ flow, id }: Omit<WatchProps, 'hint'>) {
  return (
    <header class="world-head">
      <h2 id="watch-title">Watch it</h2>
      {id && (
        <a class="elsewhere" href={`/inspect#/${flow}/${encodeURIComponent(id)}`}>
          In the inspector
        </a>
      )}
    </header>
  );
}

/** The same, folded: nothing is asked until it is opened. */
export function FoldedWatch({ flow, id, hint }: WatchProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="card watch" aria-labelledby="watch-title">
      <Head flow={flow} id={id} />
      {id ? (
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>Show it here</summary>
          {isOpen && <Instance key={id} flow={flow} id={id} />}
        </details>
      ) : (
        <p class="quiet">{hint}</p>
      )}
    </section>
  );
}

/** Shows it live. */
export function Watch({ flow, id, hint }: WatchProps) {
  return (
    <section class="card watch" aria-labelledby="watch-title">
      <Head flow={flow} id={id} />
      {id ? <Instance key={id} flow={flow} id={id} /> : <p class="empty">{hint}</p>}
    </section>
  );
}

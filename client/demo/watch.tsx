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

/** The same, folded: nothing is asked until it is opened. */
export function FoldedWatch({ flow, id, hint }: WatchProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="card watch" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <h2>Watch it</h2>
      </summary>
      {!isOpen ? null : id ? <Instance key={id} flow={flow} id={id} /> : <p class="empty">{hint}</p>}
    </details>
  );
}

/** Shows it live. */
export function Watch({ flow, id, hint }: WatchProps) {
  return (
    <section class="card watch" aria-labelledby="watch-title">
      <header class="world-head">
        <h2 id="watch-title">Watch it</h2>
        {id && <a href={`/inspect#/${flow}/${encodeURIComponent(id)}`}>In the inspector</a>}
      </header>
      {id ? <Instance key={id} flow={flow} id={id} /> : <p class="empty">{hint}</p>}
    </section>
  );
}

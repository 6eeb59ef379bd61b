/** The id that a page is about, in the fragment of its address: so a reload, or a second tab, goes on with it. */
import { useEffect, useState } from 'preact/hooks';

/** Ids have no character that an address would have to escape. */
const idNow = (): string | undefined => location.hash.slice(1) || undefined;

/** @returns the id, and how to change it. */
export function useFragment(): [string | undefined, (id: string | undefined) => void] {
  const [id, set] = useState(idNow);
  useEffect(() => {
    const changed = () => set(idNow());
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const go = (next: string | undefined) => {
    history.replaceState(null, '', next === undefined ? location.pathname : `#${next}`);
    set(next);
  };
  return [id, go];
}

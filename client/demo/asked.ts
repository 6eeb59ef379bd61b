/** What the API says, kept fresh: it is asked again as things change, and after a while. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ChangeNotice } from '../../local/inspector/views.ts';
import { type Answered, ask } from '../common/api.ts';
import { type Coalesced, coalesced } from '../common/coalesced.ts';
import { live } from '../common/live.ts';

export interface Asked<T> {
  /** The newest answer; it stays while Detent is away. */
  value?: T | undefined;
  /** How the newest request ended. */
  last?: Answered<T>['kind'] | undefined;
  /** Whether there is no such thing. */
  isMissing: boolean;
  /** Asks again, now, or as soon as what is being asked is answered. */
  look(): void;
  /** Takes what another answer has said already. */
  set(value: T): void;
}

/** Also without any notice it is asked again after that (ms). */
const EVERY_MS = 2_000;

/** It is asked no more often than that (ms). */
const GAP_MS = 100;

/**
 * @param path undefined: nothing is asked.
 * @param flow changes of its instances make the answer an old one.
 */
export function useAsked<T>(path: string | undefined, flow?: string, id?: string): Asked<T> {
  const [state, change] = useState<{
    path?: string;
    value?: T;
    last?: Answered<T>['kind'];
    isMissing?: boolean;
  }>({});
  /** How often something newer was told: an answer to what was asked before is old. */
  const told = useRef(0);
  const looking = useRef<Coalesced | undefined>(undefined);

  useEffect(() => {
    if (path === undefined) return undefined;
    const over = new AbortController();
    const look = coalesced(async () => {
      const before = told.current;
      const answer = await ask<T>(path, { signal: over.signal });
      if (over.signal.aborted) return;
      if (before !== told.current) return look();
      change((shown) => {
        const kept = shown.path === path && shown.value !== undefined ? { value: shown.value } : {};
        const isMissing = answer.kind === 'refused' && answer.refusal.status === 404;
        const value = answer.kind === 'done' ? { value: answer.value } : isMissing ? {} : kept;
        return { path, last: answer.kind, isMissing, ...value };
      });
    }, GAP_MS);
    looking.current = look;
    look();
    const lookIfSeen = () => document.hidden || look();
    const timer = setInterval(lookIfSeen, EVERY_MS);
    const concerns = (notice: ChangeNotice) =>
      notice.flow === flow && (id === undefined || id === notice.id) && look();
    const end = live.hear({ change: concerns, open: look });
    document.addEventListener('visibilitychange', lookIfSeen);
    return () => {
      look.stop();
      over.abort();
      clearInterval(timer);
      end();
      document.removeEventListener('visibilitychange', lookIfSeen);
    };
  }, [path, flow, id]);

  const look = useCallback(() => looking.current?.(), []);
  const set = useCallback(
    (value: T) => {
      told.current++;
      change({ ...(path !== undefined && { path }), value, last: 'done', isMissing: false });
    },
    [path],
  );
  const current = state.path === path ? state : {};
  return {
    value: current.value,
    last: current.last,
    isMissing: current.isMissing ?? false,
    look,
    set,
  };
}

/** What the API says, kept fresh: it is asked again as things change, and after a while. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ChangeNotice } from '../../local/inspector/views.ts';
import { type Answered, ask } from '../common/api.ts';
import { live } from '../common/live.ts';

export interface Asked<T> {
  /** The newest answer; it stays while Detent is away. */
  value?: T | undefined;
  /** How the newest request ended. */
  last?: Answered<T>['kind'] | undefined;
  /** Whether there is no such thing. */
  isMissing: boolean;
  /** Asks again, now. */
  look(): void;
  /** Takes what another answer has said already. */
  set(value: T): void;
}

/** Also without any notice it is asked again after that (ms). */
const EVERY_MS = 2_000;

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
  /** Answers to what was asked before something newer was told are old. */
  const asked = useRef(0);

  const look = useCallback(async () => {
    if (path === undefined) return;
    const turn = ++asked.current;
    const answer = await ask<T>(path);
    if (turn !== asked.current) return;
    change((before) => {
      const kept = before.path === path && before.value !== undefined ? { value: before.value } : {};
      const isMissing = answer.kind === 'refused' && answer.refusal.status === 404;
      const value = answer.kind === 'done' ? { value: answer.value } : isMissing ? {} : kept;
      return { path, last: answer.kind, isMissing, ...value };
    });
  }, [path]);

  useEffect(() => {
    void look();
    const timer = setInterval(() => document.hidden || void look(), EVERY_MS);
    const concerns = (notice: ChangeNotice) =>
      notice.flow === flow && (id === undefined || id === notice.id) && void look();
    const end = live.hear({ change: concerns, open: () => void look() });
    const seen = () => document.hidden || void look();
    document.addEventListener('visibilitychange', seen);
    return () => {
      asked.current++;
      clearInterval(timer);
      end();
      document.removeEventListener('visibilitychange', seen);
    };
  }, [look, flow, id]);

  const set = useCallback(
    (value: T) => {
      asked.current++;
      change({ ...(path !== undefined && { path }), value, last: 'done', isMissing: false });
    },
    [path],
  );
  const current = state.path === path ? state : {};
  return {
    value: current.value,
    last: current.last,
    isMissing: current.isMissing ?? false,
    look: () => void look(),
    set,
  };
}

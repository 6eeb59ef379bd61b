/** What components take from outside: answers that stay fresh, the clock, the connection. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChangeNotice, CountersView, FlowsView } from '../../local/inspector/views.ts';
import { apiNow, ask } from './api.ts';
import { coalesced } from './coalesced.ts';
import { type Connection, live } from './live.ts';

export interface Fresh<T> {
  /** The newest answer, also while the process is away. */
  value?: T;
  /** Why there is no newer one: there is no such thing; the process does not answer; it says no, in words. */
  problem?: { kind: 'missing' } | { kind: 'silent' } | { kind: 'refused'; detail: string };
}

export interface Freshness {
  /** Whether a change makes the answer an old one. */
  concerns?: ((notice: ChangeNotice) => boolean) | undefined;
  /** It is asked for no more often than that (ms). */
  gapMs?: number;
  /** It becomes old by time alone, after that (ms). */
  everyMs?: number | undefined;
}

/** Where no answer came, it is asked for again after that (ms). */
const AGAIN_MS = 2_000;

/** What the API answers at a path, kept fresh; nothing where the path is undefined. */
export function useFresh<T>(
  path: string | undefined,
  { concerns, gapMs = 500, everyMs }: Freshness = {},
): Fresh<T> {
  const [state, set] = useState<Fresh<T> & { path?: string }>({});
  const isOld = useRef(concerns);
  isOld.current = concerns;
  useEffect(() => {
    if (path === undefined) return undefined;
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = coalesced(async () => {
      clearTimeout(timer);
      const answer = await ask<T>(path, { signal: over.signal });
      if (over.signal.aborted) return;
      set((before) => ({ path, ...freshened(before.path === path ? before : {}, answer) }));
      const isOpen = answer.kind === 'silent' || (answer.kind === 'refused' && answer.refusal.status >= 429);
      const wait = isOpen ? AGAIN_MS : everyMs;
      if (wait !== undefined) timer = setTimeout(look, wait);
    }, gapMs);
    look();
    const end = live.hear({ change: (notice) => isOld.current?.(notice) && look(), open: look });
    return () => {
      end();
      clearTimeout(timer);
      look.stop();
      over.abort();
    };
  }, [path, gapMs, everyMs]);
  if (state.path !== path) return {};
  return state;
}

function freshened<T>({ value }: Fresh<T>, answer: Awaited<ReturnType<typeof ask<T>>>): Fresh<T> {
  if (answer.kind === 'done') return { value: answer.value };
  const kept = value !== undefined && { value };
  if (answer.kind === 'silent') return { ...kept, problem: { kind: 'silent' } };
  const { status, detail } = answer.refusal;
  if (status === 404) return { problem: { kind: 'missing' } };
  return { ...kept, problem: { kind: 'refused', detail } };
}

/** All flows, with their machines. */
export const useFlows = (): Fresh<FlowsView> => useFresh<FlowsView>('/inspect/api/flows');

/** What time it is for the process (ms): as its last answer said, and anew every second. */
export function useNow(): number {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return apiNow();
}

/** How the connection stands. */
export function useConnection(): Connection {
  const [connection, set] = useState(live.connection);
  useEffect(() => {
    set(live.connection);
    return live.hear({ connection: set });
  }, []);
  return connection;
}

/** What the process has counted; undefined until it has told. */
export function useCounters(): CountersView | undefined {
  const [counters, set] = useState(live.counters);
  useEffect(() => {
    set(live.counters);
    return live.hear({ counters: set });
  }, []);
  return counters;
}

/** What is being looked at, as the address has it. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { fragmentOf, type Route, routeOf } from './route.ts';

/** Goes somewhere else. `replace`: without a step for Back. */
export type Go = (route: Route, how?: 'replace') => void;

/** The route, and how to change it. */
export function useRoute(): [Route, Go] {
  const [route, set] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const look = () => set(routeOf(location.hash));
    addEventListener('popstate', look);
    return () => removeEventListener('popstate', look);
  }, []);
  const go = useCallback<Go>((to, how) => {
    const fragment = fragmentOf(to);
    if (fragment === location.hash) return;
    if (how === 'replace') history.replaceState(null, '', fragment);
    else history.pushState(null, '', fragment);
    set(to);
  }, []);
  return [route, go];
}

import { useEffect, useRef, useState } from 'preact/hooks';
import { apiNow, apiNowAtMost } from '../common/api.ts';
import { say } from './say.ts';
import { aloud, clock, secondsLeft } from './time.ts';

/** What time it is for the API at least and at most, in ms: for a wait and for what ends; renders anew as it passes. */
export function useApiTime(): { atLeast: number; atMost: number } {
  const [, tick] = useState(0);
  useEffect(() => {
    // Often enough that a clock that was moved shows at once.
    const timer = setInterval(() => tick(Math.floor(Date.now() / 250)), 250);
    return () => clearInterval(timer);
  }, []);
  return { atLeast: apiNow(), atMost: apiNowAtMost() };
}

/** The time left, as `4:53`. It is said aloud at a few moments only. */
export function Countdown({ until, isAloud = false }: { until: string | undefined; isAloud?: boolean }) {
  const left = secondsLeft(until, useApiTime().atMost);
  const before = useRef(left);
  useEffect(() => {
    const text = isAloud && aloud(before.current, left);
    // A little more is the clock of the API known better; what was said is not said again for that.
    if (left < before.current || left > before.current + 2) before.current = left;
    if (text) say(text);
  }, [left, isAloud]);
  return <span class="ticking">{clock(left)}</span>;
}

/** An instant, as a reader reads it and as a machine does. */
import { clockOf } from './time.ts';

/** @param now in ms: without it the date is always shown. */
export const Instant = ({ at, now = 0 }: { at: string; now?: number }) => (
  <time dateTime={at} title={at}>
    {clockOf(at, now)}
  </time>
);

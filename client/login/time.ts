/** Durations in words. All in whole seconds. */

/** How long until an instant (ISO 8601), never less than it is; 0 once it has passed. */
export const secondsUntil = (instant: string | undefined, now: number): number =>
  instant === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(instant) - now) / 1000));

/** How long something is still good, never more than it is: for a time that ends, as the other is for a wait. */
export const secondsLeft = (instant: string | undefined, now: number): number =>
  instant === undefined ? 0 : Math.max(0, Math.floor((Date.parse(instant) - now) / 1000));

/** `4:09`, `1:00:00`. */
export function clock(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `1 attempt`, `2 attempts`. */
export const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** `1 minute`, `45 seconds`, `2 hours`; never less than it is. */
export function inWords(seconds: number): string {
  if (seconds < 60) return many(seconds, 'second');
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? many(minutes, 'minute') : many(Math.ceil(minutes / 60), 'hour');
}

/** Seconds left at which a countdown is said aloud. Once a second would drown everything else. */
const MOMENTS = [60, 30];

/** What is said when a countdown goes from `before` to `after`; mostly nothing. It may jump: the clock of the API counts. */
export function aloud(before: number, after: number): string | undefined {
  const isReached = MOMENTS.some((moment) => before > moment && after <= moment);
  return isReached && after > 0 ? `The code is valid for ${inWords(after)} more.` : undefined;
}

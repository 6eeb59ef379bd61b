/**
 * Full jitter: a uniform wait between 0 and the exponential bound (Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015).
 *
 * @param attempt counted from 1.
 * @returns milliseconds.
 */
export function fullJitter(
  attempt: number,
  fraction: number,
  { base, cap }: { base: number; cap: number },
): number {
  return Math.floor(fraction * Math.min(cap, base * 2 ** (attempt - 1)));
}

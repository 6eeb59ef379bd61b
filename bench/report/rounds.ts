/**
 * Whether another round has time. It goes by the longest so far.
 *
 * @param ms from now on; the first round always has time.
 * @returns asked before each round, with its number from 1.
 */
export function roundsWithin(ms: number, now = () => performance.now()): (round: number) => boolean {
  const begin = now();
  let last = begin;
  let longest = 0;
  return (round) => {
    const at = now();
    if (round > 1) longest = Math.max(longest, at - last);
    last = at;
    return round === 1 || at + longest - begin <= ms;
  };
}

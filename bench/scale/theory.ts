/** Waiting lines of which the answer is known. Sources: Kleinrock, "Queueing Systems", volume 1, chapters 3 and 5. */

/** Erlang C: the chance that somebody who comes to `servers` has to wait, where `load` servers would be busy on the average. */
export function erlangC(servers: number, load: number): number {
  // Erlang B by its recursion, which does not overflow.
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  const used = load / servers;
  return blocked / (1 - used * (1 - blocked));
}

/** M/M/c: seconds that one waits on the average before being served. */
export const waitOfMMc = (rate: number, seconds: number, servers: number): number =>
  (erlangC(servers, rate * seconds) * seconds) / (servers - rate * seconds);

/** M/D/1, by Pollaczek and Khinchine: half of what exponential service would mean. */
export function waitOfMD1(rate: number, seconds: number): number {
  const used = rate * seconds;
  return (used * seconds) / (2 * (1 - used));
}

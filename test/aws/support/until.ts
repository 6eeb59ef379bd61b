import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks until the answer is true.
 *
 * @throws Error that says what was waited for.
 */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = 30_000,
): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await wait(200)) if (await isSo()) return;
  throw new Error(`Not within ${patienceMs} ms: ${what}`);
}

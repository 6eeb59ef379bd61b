import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from './http.ts';

/** Does something for all of many, with so many under way at once. @returns the results, in the order of the items. */
export async function forAll<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  make: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const workers = Array.from({ length: atOnce }, async () => {
    for (const [index, item] of left) results[index] = await make(item, index);
  });
  await Promise.all(workers);
  return results;
}

/** Repeats a request that has an Idempotency-Key while the answer is 5xx, as a client would. */
export async function patiently(ask: () => Promise<Reply>, tries = 6): Promise<Reply> {
  for (let left = tries; ; left--) {
    const answer = await ask();
    if (answer.status < 500 || left === 1) return answer;
    await wait(1_000);
  }
}

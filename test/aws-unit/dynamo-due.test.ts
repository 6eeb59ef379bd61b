import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Due, duePage, type ReadShard } from '../../adapters/aws/dynamo-due.ts';

/** An index whose shards keep the order in which they are given. */
const index =
  (shards: { [shard: string]: Due[] }): ReadShard =>
  async (shard, limit, after) => {
    const all = shards[shard] ?? [];
    const start = after ? all.findIndex(({ pk }) => pk === after.pk) + 1 : 0;
    const items = all.slice(start, start + limit);
    return { items, more: start + limit < all.length };
  };

async function pages(shards: { [shard: string]: Due[] }, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  for (let after: string | undefined; ; ) {
    const page = await duePage('flows', Object.keys(shards), index(shards), {
      limit,
      ...(after !== undefined && { after }),
    });
    found.push(page.keys.map(({ pk }) => pk));
    after = page.next;
    if (after === undefined) return found;
  }
}

const due = (pk: string, second = 0): Due => ({ dueAt: `2026-01-01T00:00:0${second}`, pk, sk: 'record' });

test('merges shards in order of time', async () => {
  const shards = { 0: [due('a', 1), due('d', 4)], 1: [due('b', 2)], 2: [], 3: [due('c', 3), due('e', 5)] };
  expect(await pages(shards, 2)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(await pages(shards, 10)).toEqual([['a', 'b', 'c', 'd', 'e']]);
});

test('an index with nothing in it has one empty page', async () => {
  expect(await pages({ 0: [], 1: [] }, 5)).toEqual([[]]);
});

test('whatever lies in the shards, all of it comes once, in order of time', async () => {
  const seconds = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(seconds, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 7 }),
      async (all, limit) => {
        const shards = Object.fromEntries(
          all.map((one, shard) => [
            String(shard),
            [...one].sort().map((second, n) => due(`${second}-${shard}-${n}`, second)),
          ]),
        );
        const found = (await pages(shards, limit)).flat();
        expect(new Set(found).size).toBe(found.length);
        expect(found).toHaveLength(all.flat().length);
        expect(found.map((pk) => pk[0])).toEqual(all.flat().sort().map(String));
      },
    ),
  );
});

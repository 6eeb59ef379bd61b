/** Reads the sharded index of what waits for time as one list in order of `dueAt`. */
import type { DuePage } from '../../core/ports.ts';

/** What the index holds of an item. */
export interface Due {
  dueAt: string;
  pk: string;
  sk: string;
}

/** By shard: the item after which it goes on. A shard that is not named has nothing more. */
type Position = { [shard: string]: Due | null };

/** The first `limit` items of a shard after a position, and whether there may be more. */
export type ReadShard = (
  shard: string,
  limit: number,
  after?: Due,
) => Promise<{ items: Due[]; more: boolean }>;

/**
 * One page over all shards. What was read beyond it is read again for the next page: the cursor holds positions only.
 *
 * @param after the `next` of the page before.
 */
export async function duePage(
  table: string,
  shards: readonly string[],
  readShard: ReadShard,
  { limit, after }: { limit: number; after?: string },
): Promise<DuePage> {
  const from = after === undefined ? Object.fromEntries(shards.map((shard) => [shard, null])) : decode(after);
  const read = await Promise.all(
    Object.entries(from).map(async ([shard, position]) => ({
      shard,
      position,
      ...(await readShard(shard, limit, position ?? undefined)),
    })),
  );
  const page = read
    .flatMap(({ shard, items }) => items.map((item) => ({ shard, item })))
    // Stable, and by time alone: among equal times a shard has an order of its own, which a position in it follows.
    .sort((one, other) =>
      one.item.dueAt < other.item.dueAt ? -1 : Number(one.item.dueAt > other.item.dueAt),
    )
    .slice(0, limit);
  const next: Position = {};
  for (const { shard, position, items, more } of read) {
    const taken = page.filter((one) => one.shard === shard);
    if (more || taken.length < items.length) next[shard] = taken.at(-1)?.item ?? position;
  }
  return {
    keys: page.map(({ item: { pk, sk } }) => ({ table, pk, sk })),
    ...(Object.keys(next).length > 0 && { next: encode(next) }),
  };
}

const encode = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url');
const decode = (cursor: string): Position => JSON.parse(Buffer.from(cursor, 'base64url').toString());

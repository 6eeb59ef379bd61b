/** Stock, as conditional writes for the transaction of a transition: pieces move, and none is made or lost. */
import * as z from 'zod';
import type { Item, Key, Write } from '../../core/types.ts';
import type { OrderItem } from './data.ts';

export const INVENTORY = 'inventory';

/** `onHand` does not count what is reserved; `price` is that of one piece, in minor units. */
export const stockItem = z.object({
  sku: z.string(),
  price: z.int().min(1),
  onHand: z.int(),
  reserved: z.int(),
  sold: z.int(),
});

export type StockItem = z.infer<typeof stockItem>;

export const stockKey = (sku: string): Key => ({ table: INVENTORY, pk: `sku#${sku}`, sk: 'stock' });

/** Pieces of one good, by where they are. */
type Pile = 'onHand' | 'reserved' | 'sold';

/** What a good's stock is; undefined where there is no such good. */
export function stockOf(item: Item | undefined): StockItem | undefined {
  const parsed = stockItem.safeParse(item);
  return parsed.success ? parsed.data : undefined;
}

/** Moves the pieces of an order from one pile to another, on condition that they are there. */
const move =
  (from: Pile, to: Pile) =>
  (items: readonly OrderItem[]): Write[] =>
    items.map(({ sku, quantity }) => ({
      op: 'add',
      key: stockKey(sku),
      deltas: { [from]: -quantity, [to]: quantity },
      if: { atLeast: { [from]: quantity } },
    }));

/** Sets goods apart for an order, at the price that it was told. All of them, or the transaction fails. */
export const reserve = (items: readonly OrderItem[]): Write[] =>
  items.map(({ sku, quantity, price }) => ({
    op: 'add',
    key: stockKey(sku),
    deltas: { onHand: -quantity, reserved: quantity },
    if: { atLeast: { onHand: quantity }, equals: { price } },
  }));

export const release = move('reserved', 'onHand');
export const commit = move('reserved', 'sold');
export const restock = move('sold', 'onHand');

/** Says how many pieces of a good there are: for whoever runs the shop, beside the orders that move them. */
import type { Table } from '../../core/ports.ts';
import { type StockItem, stockKey, stockOf } from './inventory.ts';

/** More pieces than a shop has. */
export const MAX_STOCK = 1_000_000_000;

const TRIES = 50;

/**
 * Says how many pieces of a good can be sold from now on; what is reserved or sold stays as it is.
 *
 * @param price minor units; a good that is not there yet needs one.
 * @throws Error where a new good has no price, or others change its stock all the time.
 */
export async function setStock(
  table: Pick<Table, 'read' | 'transact'>,
  sku: string,
  onHand: number,
  price?: number,
): Promise<StockItem> {
  const key = stockKey(sku);
  for (let tries = 0; tries < TRIES; tries++) {
    const found = stockOf(await table.read(key));
    const known = found ?? (price === undefined ? undefined : { sku, price, reserved: 0, sold: 0 });
    if (!known) throw new UnknownGood(`There is no good ${sku}. A new one needs its price: --price 1290.`);
    const item = { ...known, onHand, price: price ?? known.price } as StockItem;
    const { sku: _, ...asRead } = found ?? { sku };
    const condition = found ? { equals: asRead } : { absent: true as const };
    const outcome = await table.transact([{ op: 'put', key, item: { ...item }, if: condition }]);
    if (outcome === 'committed') return item;
  }
  throw new Error(`The stock of ${sku} changes all the time. Nothing was changed: try again.`);
}

/** A good that is not there, and was given no price. */
export class UnknownGood extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnknownGood';
  }
}

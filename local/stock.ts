/** The goods of a fresh data folder. */
import type { Table } from '../core/ports.ts';
import { type StockItem, stockKey } from '../flows/checkout/inventory.ts';

/** `price` of one piece, in minor units. */
export const demoGoods: readonly Pick<StockItem, 'sku' | 'onHand' | 'price'>[] = [
  { sku: 'mug', onHand: 100, price: 1_290 },
  { sku: 'cap', onHand: 25, price: 1_990 },
  { sku: 'poster', onHand: 3, price: 890 },
];

/** Puts the goods there that are not there yet. */
export async function ensureGoods(table: Table): Promise<void> {
  for (const { sku, onHand, price } of demoGoods) {
    if (await table.read(stockKey(sku))) continue;
    const item = { sku, price, onHand, reserved: 0, sold: 0 };
    await table.transact([{ op: 'put', key: stockKey(sku), item, if: { absent: true } }]);
  }
}

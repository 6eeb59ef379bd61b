/** The goods of the shop: what a fresh folder has, and what it means to say how many there are. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Table } from '../../core/ports.ts';
import { reserve, stockKey } from '../../flows/checkout/inventory.ts';
import { setStock } from '../../flows/checkout/stock.ts';
import { ensureGoods } from '../../local/stock.ts';
import { temporaryTable } from '../support/tables.ts';

let opened: ReturnType<typeof temporaryTable>;
let table: Table;
beforeEach(() => {
  opened = temporaryTable();
  table = opened.table;
});
afterEach(() => opened.close());

const mug = () => table.read(stockKey('mug'));
const sell = (quantity: number) => table.transact(reserve([{ sku: 'mug', quantity, price: 1_290 }]));

test('a fresh folder has three goods; what is there is left as it is', async () => {
  await ensureGoods(table);
  await setStock(table, 'mug', 7);
  await ensureGoods(table);
  expect(await mug()).toEqual({ sku: 'mug', price: 1_290, onHand: 7, reserved: 0, sold: 0 });
  expect(await table.read(stockKey('cap'))).toMatchObject({ onHand: 25, price: 1_990 });
  expect(await table.read(stockKey('poster'))).toMatchObject({ onHand: 3, price: 890 });
});

test('what is set apart stays so, whatever is said of the rest', async () => {
  await ensureGoods(table);
  await sell(10);
  expect(await setStock(table, 'mug', 5)).toMatchObject({ onHand: 5, reserved: 10 });
  expect(await setStock(table, 'mug', 0, 1_490)).toMatchObject({ onHand: 0, reserved: 10, price: 1_490 });
});

/** The table for somebody who, between reading and writing, is overtaken once. */
const overtaken = (by: () => Promise<unknown>) => {
  let first = true;
  return {
    transact: (...asked: Parameters<Table['transact']>) => table.transact(...asked),
    async read(...asked: Parameters<Table['read']>) {
      const item = await table.read(...asked);
      if (first) {
        first = false;
        await by();
      }
      return item;
    },
  };
};

test('an order that comes between is not lost', async () => {
  await ensureGoods(table);
  expect(
    await setStock(
      overtaken(() => sell(10)),
      'mug',
      50,
    ),
  ).toMatchObject({ onHand: 50, reserved: 10 });
});

test('a price that another sets meanwhile is not taken back', async () => {
  await ensureGoods(table);
  const raised = overtaken(() => setStock(table, 'mug', 60, 9_900));
  expect(await setStock(raised, 'mug', 50)).toMatchObject({ onHand: 50, price: 9_900 });
});

test('a new good needs a price', async () => {
  await expect(setStock(table, 'lamp', 5)).rejects.toThrow(
    'There is no good lamp. A new one needs its price',
  );
  expect(await setStock(table, 'lamp', 5, 4_900)).toEqual({
    ...{ sku: 'lamp', price: 4_900, onHand: 5, reserved: 0, sold: 0 },
  });
});

test('a stock that changes all the time is said to', async () => {
  const busy = { read: async () => undefined, transact: async () => 'conflict' as const };
  await expect(setStock(busy, 'lamp', 5, 4_900)).rejects.toThrow('changes all the time');
});

test('a price that has changed since it was read sells nothing at the old one', async () => {
  await ensureGoods(table);
  await setStock(table, 'mug', 100, 1_490);
  expect(await sell(1)).toBe('conflict');
});

/** Durable work, counted: what the engine's writes would be billed for on DynamoDB. */
import type { Table } from '../core/ports.ts';
import type { Item, Write } from '../core/types.ts';
import { nameOfKey } from '../core/writes.ts';

export interface Work {
  transactions: number;
  writes: number;
  writeUnits: number;
  readUnits: number;
}

const units = (item: Item | undefined, unitBytes: number): number =>
  Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(item ?? {})) / unitBytes));

/**
 * A table that counts as DynamoDB bills: a write costs one unit per KB, two in a transaction of several; a consistent read
 * one per 4 KB; an item's place in the index one unit to add, one to remove, two to move. JSON stands for DynamoDB's own
 * sizes, from which it differs by a few per cent. Source: Amazon DynamoDB Developer Guide, "Read and write operations".
 */
export function countingTable(table: Table): { table: Table; work: Work } {
  const work: Work = { transactions: 0, writes: 0, writeUnits: 0, readUnits: 0 };
  const places = new Map<string, unknown>();

  function moved(name: string, dueAt: unknown): number {
    const before = places.get(name);
    places.set(name, dueAt);
    return before === dueAt ? 0 : Number(before !== undefined) + Number(dueAt !== undefined);
  }

  async function count(write: Write, together: boolean): Promise<void> {
    const item = write.op === 'put' ? write.item : await table.read(write.key);
    work.writes++;
    work.writeUnits += units(item, 1024) * (together ? 2 : 1);
    if (write.op === 'put') work.writeUnits += moved(nameOfKey(write.key), write.item['dueAt']);
  }

  return {
    work,
    table: {
      async read(key) {
        const item = await table.read(key);
        work.readUnits += units(item, 4096);
        return item;
      },
      query: (...args) => table.query(...args),
      due: (...args) => table.due(...args),
      async transact(writes, options) {
        work.transactions++;
        for (const write of writes) await count(write, writes.length > 1);
        return table.transact(writes, options);
      },
    },
  };
}

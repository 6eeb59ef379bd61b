/** Durable work, counted: what the engine's reads and writes would be billed for on DynamoDB. */
import { attributesOf, itemBytes } from '../adapters/aws/dynamo-items.ts';
import type { Table } from '../core/ports.ts';
import type { Item, Key, Write } from '../core/types.ts';
import { nameOfKey } from '../core/writes.ts';

/** One item read or written, with the units it costs, its place in the index included. */
export interface Line {
  what: 'read' | Write['op'];
  key: Key;
  units: number;
  /** Of these, those of the index. */
  index: number;
}

/** One read, or one transaction. */
export type Request = Line[];

/**
 * A table that notes what DynamoDB would bill: a write one unit per KB of the larger of the item before and after, two in a
 * transaction of several; a condition check as much as a write; an eventually consistent read half a unit per 4 KB, a
 * strongly consistent one a whole one; a place in the index one unit to add, one to remove, two to move. Source: Amazon
 * DynamoDB Developer Guide, "Read and write operations", "Global secondary indexes".
 */
export function countingTable(table: Table): { table: Table; requests: Request[] } {
  const requests: Request[] = [];

  async function lineOf(write: Write, together: boolean): Promise<Line> {
    const { key } = write;
    const before = await table.read(key);
    const after = write.op === 'put' ? write.item : before;
    const kilobytes = Math.max(unitsOf(key, before, 1_024), unitsOf(key, after, 1_024));
    const index = write.op === 'check' ? 0 : moved(before, write.op === 'delete' ? undefined : after);
    return { what: write.op, key, units: kilobytes * (together ? 2 : 1) + index, index };
  }

  return {
    requests,
    table: {
      async read(key, options = {}) {
        const item = await table.read(key, options);
        const price = options.consistency === 'eventual' ? 0.5 : 1;
        requests.push([{ what: 'read', key, units: unitsOf(key, item, 4_096) * price, index: 0 }]);
        return item;
      },
      query: (...args) => table.query(...args),
      due: (...args) => table.due(...args),
      async transact(writes, options) {
        requests.push(await Promise.all(writes.map((write) => lineOf(write, writes.length > 1))));
        return table.transact(writes, options);
      },
    },
  };
}

function unitsOf(key: Key, item: Item | undefined, unitBytes: number): number {
  const { pk, sk } = key;
  const bytes = item ? itemBytes({ pk, sk, ...attributesOf(key, item) }) : 0;
  return Math.max(1, Math.ceil(bytes / unitBytes));
}

function moved(before: Item | undefined, after: Item | undefined): number {
  const [from, to] = [before?.['dueAt'], after?.['dueAt']];
  return from === to ? 0 : Number(from !== undefined) + Number(to !== undefined);
}

export const sumOf = (lines: Line[]): number => lines.reduce((sum, { units }) => sum + units, 0);

/** `key + key`, without the parts that differ from login to login. */
export const nameOf = ({ key }: Line): string =>
  nameOfKey(key)
    .replace(/#[^/]+\//, '/')
    .replace(/#.*$/, '');

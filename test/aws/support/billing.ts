/** From the calls on the wire to what AWS would bill for them. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { itemBytes } from '../../../adapters/aws/dynamo-items.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { Call } from './wire.ts';

/** One billed item of a call. */
export interface Billed {
  /** `put flows record`: operation, table, kind of item. */
  what: string;
  /** Whether it came in a transaction of several. */
  together: boolean;
  writeUnits: number;
  readUnits: number;
  /** Of the write units, those of the index. */
  index: number;
}

type Marshalled = { [attribute: string]: AttributeValue };
type Write = { TableName: string; Item?: Marshalled; Key?: Marshalled };

/**
 * Bills the calls to DynamoDB in their order. A write costs one unit per KB of the larger of the item before and after, two in
 * a transaction; a condition check as much as a write; an eventually consistent read half a unit per 4 KB, a strongly
 * consistent one a whole one; a place in the index one to add, one to remove, two to move. Source: Amazon DynamoDB Developer
 * Guide, "Read and write operations", "Using global secondary indexes".
 *
 * @param calls all calls since the items were made: what an item was before is taken from them.
 */
export function billsOf(calls: readonly Call[]): Billed[] {
  const items = new Map<string, JsonObject>();
  const nameOf = (table: string, keys: Marshalled) => `${table}/${keys['pk']?.S}/${keys['sk']?.S}`;

  function written(operation: string, write: Write, together: boolean): Billed {
    const { TableName, Item, Key } = write;
    const name = nameOf(TableName, Item ?? Key ?? {});
    const before = items.get(name);
    // An update changes figures only: it stays as large as it is.
    const after = Item ? (unmarshall(Item) as JsonObject) : operation === 'delete' ? undefined : before;
    if (after) items.set(name, after);
    else items.delete(name);
    const kilobytes = Math.max(1, ...[before, after].map((item) => Math.ceil(bytesOf(item) / 1_024)));
    const index = operation === 'check' ? 0 : moved(before?.['dueAt'], after?.['dueAt']);
    const writeUnits = kilobytes * (together ? 2 : 1) + index;
    return { what: `${operation} ${kindOf(name)}`, together, writeUnits, readUnits: 0, index };
  }

  function read({ input, output }: Call): Billed {
    const {
      TableName,
      Key,
      ConsistentRead = false,
    } = input as unknown as Write & { ConsistentRead?: boolean };
    const found = output['Item'] as Marshalled | undefined;
    const item = found && (unmarshall(found) as JsonObject);
    const readUnits = Math.max(1, Math.ceil(bytesOf(item) / 4_096)) * (ConsistentRead ? 1 : 0.5);
    const what = `${ConsistentRead ? 'read' : 'read eventually'} ${kindOf(nameOf(TableName, Key ?? {}))}`;
    return { what, together: false, writeUnits: 0, readUnits, index: 0 };
  }

  return calls
    .filter(({ service }) => service === 'dynamodb')
    .flatMap((call): Billed[] => {
      const input = call.input as unknown as Write;
      switch (call.operation) {
        case 'GetItem':
          return [read(call)];
        case 'PutItem':
          return [written('put', input, false)];
        case 'UpdateItem':
          return [written('update', input, false)];
        case 'DeleteItem':
          return [written('delete', input, false)];
        case 'TransactWriteItems':
          return transactionOf(call).map(([operation, write]) => written(operation, write, true));
        default:
          throw new Error(`No price is known for ${call.operation}`);
      }
    });
}

const operations = { Put: 'put', Update: 'update', Delete: 'delete', ConditionCheck: 'check' } as const;

function transactionOf({ input }: Call): [string, Write][] {
  const items = input['TransactItems'] as { [operation in keyof typeof operations]?: Write }[];
  return items.flatMap((item) =>
    Object.entries(item).map(([operation, write]): [string, Write] => [
      operations[operation as keyof typeof operations],
      write,
    ]),
  );
}

const bytesOf = (item: JsonObject | undefined): number => (item ? itemBytes(item) : 0);

function moved(from: unknown, to: unknown): number {
  return from === to ? 0 : Number(from !== undefined) + Number(to !== undefined);
}

/** `Tables…Flows…/mfa-login#…/entry#…` → `flows entry`. */
function kindOf(name: string): string {
  const [table = '', pk = '', sk = ''] = name.split('/');
  const logical = /Tables(Flows|Users|Quotas|Inventory)/.exec(table)?.[1]?.toLowerCase() ?? table;
  return `${logical} ${logical === 'flows' ? sk.split('#')[0] : pk.split('#')[0]}`;
}

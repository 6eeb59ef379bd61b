/** `npm run inventory`: how many pieces of a good can be sold. */
import { parseArgs } from 'node:util';
import { DynamoTable } from '../adapters/aws/dynamo-table.ts';
import type { Table } from '../core/ports.ts';
import { MAX_TOTAL, sku as skuSchema } from '../flows/checkout/data.ts';
import { INVENTORY, type StockItem, stockKey, stockOf } from '../flows/checkout/inventory.ts';
import { MAX_STOCK, setStock } from '../flows/checkout/stock.ts';
import { command, say, UsageError } from './command.ts';
import { patientClient } from './dynamo-scan.ts';
import { askRunning, isInUse } from './running.ts';
import { openData } from './source.ts';
import { outputOf } from './stack.ts';

const HELP = `Shows a good, and says how many pieces of it can be sold from now on.

  npm run -s inventory -- show SKU [--stack NAME | --table NAME | --data-dir DIR]
  npm run -s inventory -- set SKU PIECES [--price CENTS] [--stack NAME | --table NAME | --data-dir DIR]

  --price CENTS   the price of a piece, in minor units; a new good needs one. Orders under way keep theirs
  --stack NAME    a stack that has been deployed, such as Detent-production
  --table NAME    the DynamoDB table; the stack's output InventoryTable names it
  --data-dir DIR  the data folder of an embedded process, whether it runs or not; by default .data

PIECES are those on hand, without what is reserved for orders or sold: these stay as they are.
The exit status is 0 where it was done, 2 where not.
`;

const text = { type: 'string' } as const;
const options = { stack: text, table: text, 'data-dir': text, price: text } as const;

interface Where {
  stack?: string;
  table?: string;
  'data-dir'?: string;
}

type Wanted = { onHand: number; price?: number };

async function onTable(table: Table, sku: string, wanted: Wanted | undefined): Promise<StockItem> {
  if (wanted) return setStock(table, sku, wanted.onHand, wanted.price);
  const found = stockOf(await table.read(stockKey(sku)));
  if (found) return found;
  throw new Error(`There is no good ${sku}.`);
}

async function onAws({ stack, table }: Where, sku: string, wanted: Wanted | undefined): Promise<StockItem> {
  const inventory = stack === undefined ? String(table) : await outputOf(stack, 'InventoryTable');
  const client = patientClient();
  try {
    return await onTable(new DynamoTable(client, { [INVENTORY]: inventory }), sku, wanted);
  } finally {
    client.destroy();
  }
}

async function embedded(dataDir: string, sku: string, wanted: Wanted | undefined): Promise<StockItem> {
  try {
    const { table, close } = await openData(dataDir);
    try {
      return await onTable(table, sku, wanted);
    } finally {
      close();
    }
  } catch (error) {
    if (!isInUse(error)) throw error;
    return wanted
      ? askRunning(dataDir, 'PUT', `/dev/inventory/${sku}`, wanted)
      : askRunning(dataDir, 'GET', `/dev/inventory/${sku}`);
  }
}

/** @throws UsageError that says what it may be. */
function wholeOf(given: string, what: string, least: number, most: number): number {
  const number = Number(given);
  if (/^\d{1,10}$/.test(given) && number >= least && number <= most) return number;
  throw new UsageError(`${what} is a whole number from ${least} to ${most}.`);
}

await command(HELP, async (args) => {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [what, sku = '', pieces, ...more] = positionals;
  const isSet = what === 'set' && pieces !== undefined;
  if (more.length > 0 || (!isSet && (what !== 'show' || pieces !== undefined)))
    throw new UsageError('Say what: show SKU, or set SKU PIECES.');
  if (!skuSchema.safeParse(sku).success)
    throw new UsageError('A SKU has small letters, digits and dashes, such as mug.');
  const { stack, table, 'data-dir': dataDir } = values;
  if ([stack, table, dataDir].filter((one) => one !== undefined).length > 1)
    throw new UsageError('Name one: --stack, --table or --data-dir.');
  if (!isSet && values.price !== undefined) throw new UsageError('--price goes with set.');
  const wanted: Wanted | undefined = isSet
    ? {
        onHand: wholeOf(pieces, 'PIECES', 0, MAX_STOCK),
        ...(values.price !== undefined && { price: wholeOf(values.price, '--price', 1, MAX_TOTAL) }),
      }
    : undefined;
  const good =
    stack === undefined && table === undefined
      ? await embedded(dataDir ?? '.data', sku, wanted)
      : await onAws(values as Where, sku, wanted);
  say(`${good.sku}: ${good.onHand} on hand, ${good.reserved} reserved, ${good.sold} sold`);
  return 0;
});

/** The sandbox warehouse as a process of its own, started by `start.ts`; they talk by messages. It ends when that ends. */
import { join } from 'node:path';
import * as z from 'zod';
import { fileStore } from '../store.ts';
import { createWarehouse, type WarehouseMode, warehouseModes } from './warehouse.ts';

const told = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('open'), dataDir: z.string(), mode: z.enum(warehouseModes) }),
  z.strictObject({ do: z.literal('mode'), mode: z.enum(warehouseModes) }),
  /** A command; `n` is said back when it has been taken. */
  z.strictObject({ do: z.literal('take'), n: z.int(), text: z.string() }),
  /** A report has arrived. */
  z.strictObject({ do: z.literal('reported'), n: z.string() }),
]);

export type Told = z.infer<typeof told>;

/** What it says: what it has taken, or what it reports. */
export type Said =
  | { say: 'open' }
  | { say: 'taken'; n: number; isCommand: boolean }
  | { say: 'report'; n: string; text: string };

const LOOK_EVERY_MS = 100;
/** Until a report that nobody has taken is said again. */
const AGAIN_MS = 2_000;

const say = (one: Said): void => void process.send?.(one);

function open(dataDir: string, begin: WarehouseMode): (one: Told) => void {
  process.umask(0o077);
  const warehouse = createWarehouse(fileStore(join(dataDir, 'warehouse.db')), Date.now);
  let mode = begin;
  const saidAt = new Map<string, number>();

  function reportAll(): void {
    for (const { n, report } of warehouse.due()) {
      if (Date.now() - (saidAt.get(n) ?? 0) < AGAIN_MS) continue;
      saidAt.set(n, Date.now());
      say({ say: 'report', n, text: JSON.stringify(report) });
    }
  }
  setInterval(reportAll, LOOK_EVERY_MS);
  say({ say: 'open' });

  return (one) => {
    if (one.do === 'mode') mode = one.mode;
    if (one.do === 'reported') {
      warehouse.reported(one.n);
      saidAt.delete(one.n);
    }
    if (one.do === 'take') {
      const isCommand = warehouse.take(jsonOf(one.text), mode);
      if (mode === 'early') reportAll();
      say({ say: 'taken', n: one.n, isCommand });
    }
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

let hear: ((one: Told) => void) | undefined;

process.on('disconnect', () => process.exit(0));
// A stop of the whole group is for whoever started this: it goes on until it is told.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
process.on('message', (message) => {
  try {
    const one = told.parse(message);
    if (one.do === 'open') hear = open(one.dataDir, one.mode);
    else hear?.(one);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () =>
      process.exit(1),
    );
  }
});

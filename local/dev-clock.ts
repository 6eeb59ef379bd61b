import type { SystemClock } from '../adapters/system.ts';
import type { Table } from '../core/ports.ts';

const key = { table: 'dev', pk: 'clock', sk: 'offset' };

/** How far the clock has been moved, in ms; kept over a restart. */
export async function loadOffset(table: Table): Promise<number> {
  return Number((await table.read(key))?.['ms'] ?? 0);
}

/** Moves the clock ahead, for good. Added up in the table, so that moves at the same time all last. */
export async function advance(table: Table, clock: SystemClock, ms: number): Promise<void> {
  await table.transact([{ op: 'add', key, deltas: { ms } }]);
  clock.advance(ms);
}

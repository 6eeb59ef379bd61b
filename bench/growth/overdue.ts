/** What a pass of the reconciler costs: for each instance that is due, and for all that only exist. */
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import type { Bench } from '../report/result.ts';
import { median } from '../report/statistics.ts';
import { copyInto, dataFileOf, filled, newFlowId } from './fill.ts';
import { worldOn } from './template.ts';
import { timed } from './times.ts';

export interface PassTimes {
  /** Of a pass that finds nothing, in µs, median. */
  none: number;
  /** µs for one due instance, by how many there are, median of the passes. */
  each: Map<number, number>;
}

/** Small passes are over too soon for one to say anything. */
const passesOf = (due: number): number => (due <= 100 ? 50 : 1);
const LONG_AGO = 3_600_000;

/**
 * @param existing instances in the table that are not due.
 * @param counts of instances that are due: sessions that ended while nobody looked.
 */
export async function overdueGrowth(
  bench: Bench,
  existing: number,
  counts: readonly number[],
): Promise<PassTimes> {
  const { folder, template } = await filled(bench, existing);
  const db = openDataFile(dataFileOf(folder));
  try {
    const world = await worldOn(db);
    const pass = async (due: number) => {
      const flowIds = Array.from({ length: due }, newFlowId).sort();
      copyInto(db, template, flowIds, world.clock.now() - LONG_AGO);
      let done = 0;
      const took = await timed(async () => {
        const { records, failures } = await world.reconcile();
        done = records - failures;
      });
      if (done !== due) throw new Error(`${done} of ${due} instances were driven`);
      world.signals.length = 0;
      return took;
    };
    // For the compiler.
    for (let n = 0; n < 5; n++) await pass(200);
    const repeat = async (due: number, times: number): Promise<number> => {
      const took: number[] = [];
      for (let n = 0; n < times; n++) took.push(await pass(due));
      return median(took);
    };
    const none = await repeat(0, 200);
    const each = new Map<number, number>();
    for (const due of counts) {
      bench.progress(`${due} overdue among ${existing}`);
      each.set(due, (await repeat(due, passesOf(due))) / due);
    }
    return { none, each };
  } finally {
    db.close();
  }
}

/** What a pass of the reconciler costs: for each instance that is due, and for all that only exist. */
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { newFlowId } from '../logins.ts';
import type { Bench } from '../report/result.ts';
import { copyInto, dataFileOf, type Filled, fill, filled } from './fill.ts';
import { worldOn } from './template.ts';
import { middleOf, type Took, timed } from './times.ts';

/** Medians of the passes: for one due instance, or for the whole pass where none is due. */
export interface PassTimes extends Took {
  /** Instances in the table that are not due. */
  existing: number;
  /** How many are due: sessions that ended while nobody looked. */
  due: number;
}

/** Small passes are over too soon for one to say anything. */
const passesAt = (due: number): { rounds: number; passes: number } =>
  due <= 100 ? { rounds: 2, passes: 50 } : { rounds: due <= 1e4 ? 3 : 1, passes: 1 };
const LONG_AGO = 3_600_000;
/** What is ended stays for a day: a table with few instances is made anew for each round. */
const FEW = 1e4;

/** For each number of due ones, among each number of existing ones; these take turns, so that a noisy neighbour disturbs all. */
export async function overdueGrowth(
  bench: Bench,
  existing: readonly number[],
  counts: readonly number[],
): Promise<PassTimes[]> {
  const times: PassTimes[] = [];
  for (const due of counts) {
    bench.progress(`the reconciler: ${due} overdue`);
    const { rounds, passes } = passesAt(due);
    const samples = existing.map((size) => ({ size, taken: [] as Took[] }));
    for (let round = 0; round < rounds; round++) {
      for (const { size, taken } of samples) {
        const folder = size < FEW ? await fill(bench, size) : await filled(bench, size);
        taken.push(...(await passesOn(folder, due, passes)));
      }
    }
    for (const { size, taken } of samples) {
      const { clock, processor } = middleOf(taken);
      const each = Math.max(1, due);
      times.push({ existing: size, due, clock: clock / each, processor: processor / each });
    }
  }
  return times;
}

async function passesOn({ folder, template }: Filled, due: number, passes: number): Promise<Took[]> {
  const db = openDataFile(dataFileOf(folder));
  try {
    const world = await worldOn(db);
    const pass = async (count: number): Promise<Took> => {
      copyInto(db, template, Array.from({ length: count }, newFlowId), world.clock.now() - LONG_AGO);
      let driven = 0;
      const took = await timed(async () => {
        const { records, failures } = await world.reconcile();
        driven = records - failures;
      });
      if (driven !== count) throw new Error(`${driven} of ${count} were driven`);
      world.signals.length = 0;
      return took;
    };
    // For the compiler.
    for (let n = 0; n < 5; n++) await pass(100);
    const taken: Took[] = [];
    for (let n = 0; n < passes; n++) taken.push(await pass(due));
    return taken;
  } finally {
    db.close();
  }
}

/** What one event costs an instance with a long history, beside one with a short one: in one run, taking turns. */
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { Payments } from '../../test/support/payments.ts';
import { createPayments } from '../../test/support/payments.ts';
import { temporaryFolder } from '../../test/support/tables.ts';
import { dataFileOf } from './fill.ts';
import { middleOf, type Took, timed } from './times.ts';

/** Brings a payment to so many entries: the gateway does not answer, and is asked again and again. */
export async function grown(payments: Payments, flowId: string, entries: number): Promise<void> {
  await payments.create(flowId);
  await payments.tell(flowId, 'Authorize');
  for (let n = 2; n < entries; n++) await passed(payments, flowId);
}

/** One event: the deadline has passed, the gateway is to be asked once more. */
export async function passed({ clock, deliverer, flow }: Payments, flowId: string): Promise<void> {
  clock.advance(3_600_000);
  const answer = await deliverer.check(flow, flowId);
  if (answer.status !== 'applied') throw new Error(`the deadline of ${flowId}: ${answer.status}`);
}

/**
 * @param lengths of the histories: one that is shorter than twice the turns is that of a new payment with each turn.
 * @returns for one event at each length: medians.
 */
export async function historyGrowth(lengths: readonly number[], turns: number): Promise<Took[]> {
  const folder = temporaryFolder();
  const db = openDataFile(dataFileOf(folder.path));
  try {
    const payments = createPayments({ table: new SqliteTable(db) });
    const histories = lengths.map((entries) => ({
      entries,
      isLong: entries >= 2 * turns,
      times: [] as Took[],
    }));
    const nameOf = ({ entries, isLong }: (typeof histories)[number], turn: number) =>
      isLong ? `${entries}` : `${entries}-${turn}`;
    const namesOf = (history: (typeof histories)[number]) =>
      Array.from({ length: history.isLong ? 1 : turns }, (_, turn) => nameOf(history, turn));
    // What has been before need not be on the disk.
    db.exec('PRAGMA synchronous = OFF');
    for (const history of histories) {
      for (const flowId of namesOf(history)) await grown(payments, flowId, history.entries - 1);
    }
    // The last entry of each comes when all are there: so no record has left the cache since.
    for (const history of histories) for (const flowId of namesOf(history)) await passed(payments, flowId);
    db.exec('PRAGMA synchronous = FULL');
    for (let turn = 0; turn < turns; turn++)
      for (const history of histories)
        history.times.push(await timed(() => passed(payments, nameOf(history, turn))));
    for (const history of histories) {
      const stored = (await payments.items(nameOf(history, 0))).length;
      const due = history.entries + (history.isLong ? turns : 1);
      if (stored !== due) throw new Error(`${stored} entries are not ${due}`);
    }
    return histories.map(({ times }) => middleOf(times));
  } finally {
    db.close();
    folder.remove();
  }
}

/** The queues to and from the warehouse, on the table: commands out, reports in. */
import { createTableQueues, type Handled, type TableQueues } from '../adapters/embedded/table-queue.ts';
import type { Intake } from '../core/intake.ts';
import type { Clock, Observer, Table } from '../core/ports.ts';
import type { Outside } from './outside.ts';

export const COMMANDS = 'warehouse-commands';
export const REPORTS = 'warehouse-reports';

export interface WarehousePorts {
  table: Table;
  clock: Clock;
  randomId: () => string;
  observe: Observer;
  tell: Outside['tellWarehouse'];
  take: Intake;
}

export interface WarehouseQueues {
  queues: TableQueues;
  /** Takes a report: it is on the disk when this resolves. */
  report(text: string): Promise<void>;
  /** Resolves when no report is being put on the disk. */
  settled(): Promise<unknown>;
}

export function createWarehouseQueues(ports: WarehousePorts): WarehouseQueues {
  const { table, clock, randomId, observe, tell, take } = ports;

  async function command(text: string): Promise<Handled> {
    const { notAfter } = JSON.parse(text) as { notAfter?: string };
    // Nobody waits for it any more, and the money may have gone back.
    if (notAfter !== undefined && Date.parse(notAfter) <= clock.now()) return 'refused';
    const taken = await tell(text);
    return taken === 'taken' ? 'done' : taken === 'away' ? 'again' : 'refused';
  }

  async function reported(text: string): Promise<Handled> {
    const taken = await take('warehouse', text);
    return taken === 'late' ? 'done' : taken;
  }

  const queues = createTableQueues({
    ...{ table, clock, randomId, observe },
    handlers: { [COMMANDS]: command, [REPORTS]: reported },
  });
  const reporting = new Set<Promise<unknown>>();
  return {
    queues,
    async report(text) {
      const put = queues.put(REPORTS, text);
      reporting.add(put);
      await put.finally(() => reporting.delete(put));
    },
    settled: () => Promise.allSettled(reporting),
  };
}

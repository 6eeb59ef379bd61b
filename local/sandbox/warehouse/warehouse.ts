/** The sandbox warehouse: takes commands, and reports what became of them. Deterministic: time and memory are handed in. */
import * as z from 'zod';
import { counted } from '../ledger.ts';
import type { Store } from '../store.ts';

/**
 * How it works, on demand. `prompt`: ships and reports within a second or so; `slow`: after ten seconds; `early`: reports before it
 * has said that it took the command; `double`: reports everything twice; `silent`: ships, and reports nothing, until it is asked
 * in another mode; `rejecting`: does not ship, and says so.
 */
export const warehouseModes = ['prompt', 'slow', 'early', 'double', 'silent', 'rejecting'] as const;

export type WarehouseMode = (typeof warehouseModes)[number];

const PROMPT_MS = 1_000;
const SLOW_MS = 10_000;

const command = z.looseObject({
  id: z.string(),
  type: z.literal('FulfilOrder'),
  flow: z.string(),
  flowId: z.string(),
  items: z.array(z.looseObject({ sku: z.string(), quantity: z.int() })),
  again: z.literal(true).optional(),
});

/** What it sends back: a message for the intake. */
export interface Report {
  flow: string;
  flowId: string;
  event: { id: string; type: 'OrderFulfilled' | 'FulfilmentRejected'; payload: object };
}

/** One thing to report, from some time (ms) on; under a number of its own. */
export interface Waiting {
  n: string;
  at: number;
  report: Report;
}

/** One order, as it was decided: it never changes its mind. */
interface Order {
  report: Report;
}

export interface Warehouse {
  /** @returns whether it is a command: whatever else comes is nothing for a warehouse. */
  take(message: unknown, mode: WarehouseMode): boolean;
  /** What is to be reported by now, oldest first. */
  due(): Waiting[];
  /** It has arrived. */
  reported(n: string): void;
  /** Every parcel that went out, by the id of its command: each id once, if all is well. */
  shipped(): string[];
}

/** @param now milliseconds since 1970 UTC. */
export function createWarehouse(store: Store, now: () => number): Warehouse {
  function report(one: Report, mode: WarehouseMode): void {
    if (mode === 'silent') return;
    const at = now() + (mode === 'early' ? 0 : mode === 'slow' ? SLOW_MS : PROMPT_MS);
    for (let times = mode === 'double' ? 2 : 1; times > 0; times--) {
      const n = counted(store, 'reports');
      store.put(`report/${n}`, { n, at, report: one });
    }
  }

  return {
    take(message, mode) {
      const parsed = command.safeParse(message);
      if (!parsed.success) return false;
      const { id, flow, flowId, again } = parsed.data;
      store.together(() => {
        const known = store.get<Order>(`order/${id}`);
        // A double says nothing new; who asks is answered again.
        if (known) return again && report(known.report, mode);
        const [type, word] =
          mode === 'rejecting'
            ? (['FulfilmentRejected', 'rejected'] as const)
            : (['OrderFulfilled', 'fulfilled'] as const);
        const made: Report = { flow, flowId, event: { id: `${id}/${word}`, type, payload: {} } };
        store.put(`order/${id}`, { report: made });
        if (word === 'fulfilled') store.put(`parcel/${counted(store, 'parcels')}`, { id });
        report(made, mode);
      });
      return true;
    },
    due: () => store.list<Waiting>('report/').filter(({ at }) => at <= now()),
    reported: (n) => store.remove(`report/${n}`),
    shipped: () => store.list<{ id: string }>('parcel/').map(({ id }) => id),
  };
}

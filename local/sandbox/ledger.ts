/** Every movement of money at the sandbox, in the order in which they were. */
import type { Intent, LedgerLine } from './answers.ts';
import type { Store } from './store.ts';

export interface Ledger {
  /** @param at milliseconds since 1970 UTC. */
  move(kind: LedgerLine['kind'], intent: Intent, value: number, key: string, at: number): void;
  lines(): LedgerLine[];
}

export function createLedger(store: Store): Ledger {
  return {
    move(kind, intent, value, key, at) {
      const line: LedgerLine = {
        at: new Date(at).toISOString(),
        ...{ kind, value, key, paymentIntent: intent.id },
        paymentId: intent.metadata['detent_payment'] ?? '',
        currency: intent.currency.toUpperCase(),
      };
      store.put(`line/${counted(store, 'lines')}`, line);
    },
    lines: () => store.list<LedgerLine>('line/'),
  };
}

/** The next number under this name, with leading zeros. */
export function counted(store: Store, name: string): string {
  const n = (store.get<{ n: number }>(name)?.n ?? 0) + 1;
  store.put(name, { n });
  return String(n).padStart(12, '0');
}

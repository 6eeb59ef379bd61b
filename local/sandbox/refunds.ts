/** Money that goes back, at the sandbox: never more than was captured. */
import { invalid, type Refund, refused, unexpected } from './answers.ts';
import { cards } from './cards.ts';
import { amountOf, type Form, metadataOf } from './form.ts';
import type { Intents } from './intents.ts';
import { counted, type Ledger } from './ledger.ts';
import type { Store } from './store.ts';

/** How long a refund of `pm_card_pendingRefund` stays open. */
const PENDING_MS = 60_000;

export interface Refunds {
  create(form: Form, key: string): Refund;
  read(id: string): Refund;
  /** Newest first; those of one intent, or all. */
  all(intent?: string): Refund[];
}

/** With the key of the request, for the ledger. */
interface Kept {
  refund: Refund;
  key: string;
}

/** @param now milliseconds since 1970 UTC. */
export function createRefunds(store: Store, ledger: Ledger, intents: Intents, now: () => number): Refunds {
  /** A refund as time has left it. */
  function aged({ refund, key }: Kept): Refund {
    const ends = refund.created * 1000 + PENDING_MS;
    if (refund.status !== 'pending' || now() < ends) return refund;
    const done: Refund = { ...refund, status: 'succeeded' };
    store.put(`refund/${refund.id}`, { refund: done, key });
    ledger.move('refunded', intents.read(refund.payment_intent), refund.amount, key, ends);
    return done;
  }

  const all = (intent?: string): Refund[] =>
    store
      .list<Kept>('refund/')
      .filter(({ refund }) => intent === undefined || refund.payment_intent === intent)
      .map(aged)
      .toReversed();

  return {
    all,

    read(id) {
      const found = store.get<Kept>(`refund/${id}`);
      if (!found) throw invalid('resource_missing', 'No such refund.', 'refund', 404);
      return aged(found);
    },

    create(form, key) {
      const paid = intents.read(form['payment_intent'] ?? '', 'payment_intent');
      if (paid.status !== 'succeeded') throw unexpected(paid, 'refunded');
      const wanted = form['amount'] === undefined ? undefined : amountOf(form, 'amount');
      const metadata = metadataOf(form);
      const before = all(paid.id)
        .filter(({ status }) => status !== 'failed')
        .reduce((sum, { amount }) => sum + amount, 0);
      const left = paid.amount_received - before;
      if (left === 0) throw refused('charge_already_refunded', 'All of it has been refunded.');
      if ((wanted ?? left) > left) throw refused('amount_too_large', 'More than is left.');
      const fate = cards[paid.payment_method ?? '']?.refund;
      const refund: Refund = {
        ...{ id: `re_sandbox${counted(store, 'ids')}`, object: 'refund', amount: wanted ?? left },
        ...{ currency: paid.currency, payment_intent: paid.id },
        status: fate === 'fails' ? 'failed' : fate === 'pends' ? 'pending' : 'succeeded',
        ...(fate === 'fails' && { failure_reason: 'expired_or_canceled_card' }),
        ...{ created: Math.floor(now() / 1000), metadata },
      };
      store.put(`refund/${refund.id}`, { refund, key });
      if (refund.status === 'succeeded') ledger.move('refunded', paid, refund.amount, key, now());
      return refund;
    },
  };
}

/** Holds of money at the sandbox: made, captured, released. Each movement is a line of its ledger. */
import { declined, type Intent, invalid, type Session, unexpected } from './answers.ts';
import { cards } from './cards.ts';
import { amountOf, cardOf, checkMode, currencyOf, type Form, metadataOf } from './form.ts';
import { counted, type Ledger } from './ledger.ts';
import type { Deed } from './sessions.ts';
import type { Store } from './store.ts';

/** A hold ends by itself (Stripe, "Place a hold on a payment method"). */
const HOLD_MS = 7 * 86_400_000;

export interface Intents {
  create(form: Form, key: string): Intent;
  /** @param param what names it in the request. */
  read(id: string, param?: string): Intent;
  capture(id: string, form: Form, key: string): Intent;
  cancel(id: string, form: Form, key: string): Intent;
  /** Takes the money of a session with a card, at once or later; declined, it takes nothing. */
  charge(session: Session, metadata: Intent['metadata'], card: string, deed: Deed): Intent;
  /** The money that was on its way has come, or never will. @param at milliseconds since 1970 UTC. */
  settle(id: string, succeeds: boolean, at: number): void;
  /** Newest first. */
  all(): Intent[];
}

/** @param now milliseconds since 1970 UTC. */
export function createIntents(store: Store, ledger: Ledger, now: () => number): Intents {
  const keep = (intent: Intent): Intent => {
    store.put(`intent/${intent.id}`, intent);
    return intent;
  };

  /** An intent as time has left it. */
  function aged(intent: Intent): Intent {
    const ends = intent.created * 1000 + HOLD_MS;
    if (intent.status !== 'requires_capture' || now() < ends) return intent;
    ledger.move('expired', intent, intent.amount_capturable, '', ends);
    return keep({ ...intent, status: 'canceled', amount_capturable: 0, cancellation_reason: 'automatic' });
  }

  /** Money that is taken without having been held before: both at once. */
  function taken(intent: Intent, key: string, at: number): void {
    for (const kind of ['authorized', 'captured'] as const) ledger.move(kind, intent, intent.amount, key, at);
  }

  function read(id: string, param = 'intent'): Intent {
    const found = store.get<Intent>(`intent/${id}`);
    if (!found) throw invalid('resource_missing', 'No such payment_intent.', param, 404);
    return aged(found);
  }

  return {
    read,
    all: () => store.list<Intent>('intent/').map(aged).toReversed(),

    create(form, key) {
      checkMode(form);
      const amount = amountOf(form, 'amount');
      const currency = currencyOf(form);
      const { method, card } = cardOf(form);
      const metadata = metadataOf(form);
      const made: Intent = {
        ...{ id: `pi_sandbox${counted(store, 'ids')}`, object: 'payment_intent', amount, currency },
        ...{ status: 'requires_capture', amount_capturable: amount, amount_received: 0 },
        ...{ payment_method: method, payment_method_types: ['card'], capture_method: 'manual' },
        ...{ cancellation_reason: null, last_payment_error: null },
        ...{ created: Math.floor(now() / 1000), metadata, livemode: false },
      };
      if (card.decline) {
        const nothing = {
          status: 'requires_payment_method',
          amount_capturable: 0,
          payment_method: null,
        } as const;
        const intent = keep({ ...made, ...nothing, last_payment_error: card.decline });
        throw declined(card.decline.code, card.decline.decline_code, intent);
      }
      ledger.move('authorized', made, amount, key, now());
      return keep(made);
    },

    capture(id, form, key) {
      const held = read(id);
      if (held.status !== 'requires_capture') throw unexpected(held, 'captured');
      const amount =
        form['amount_to_capture'] === undefined ? held.amount : amountOf(form, 'amount_to_capture');
      if (amount > held.amount_capturable)
        throw invalid('amount_too_large', 'More than is held.', 'amount_to_capture');
      if (cards[held.payment_method ?? '']?.captureFails)
        throw declined('card_declined', 'generic_decline', held);
      ledger.move('captured', held, amount, key, now());
      return keep({ ...held, status: 'succeeded', amount_capturable: 0, amount_received: amount });
    },

    cancel(id, form, key) {
      const held = read(id);
      if (held.status !== 'requires_capture' && held.status !== 'requires_payment_method')
        throw unexpected(held, 'canceled');
      if (held.status === 'requires_capture') ledger.move('voided', held, held.amount_capturable, key, now());
      const cancellation_reason = form['cancellation_reason'] ?? null;
      return keep({ ...held, status: 'canceled', amount_capturable: 0, cancellation_reason });
    },

    charge({ amount_total: amount, currency, id: key }, metadata, card, deed) {
      const later = deed === 'pay-later' || deed === 'fail-later';
      const paid = !later && deed === 'pay';
      const intent = keep({
        ...{ id: `pi_sandbox${counted(store, 'ids')}`, object: 'payment_intent', amount, currency },
        status: paid ? 'succeeded' : later ? 'processing' : 'requires_payment_method',
        ...{ amount_capturable: 0, amount_received: paid ? amount : 0 },
        ...{ payment_method: paid || later ? card : null, payment_method_types: ['card'] },
        ...{ capture_method: 'automatic', cancellation_reason: null },
        last_payment_error:
          deed === 'decline' ? { code: 'card_declined', decline_code: 'generic_decline' } : null,
        ...{ created: Math.floor(now() / 1000), metadata, livemode: false },
      });
      if (paid) taken(intent, key, now());
      return intent;
    },

    settle(id, succeeds, at) {
      const intent = read(id);
      if (intent.status !== 'processing') return;
      if (!succeeds) return void keep({ ...intent, status: 'requires_payment_method', payment_method: null });
      taken(keep({ ...intent, status: 'succeeded', amount_received: intent.amount }), '', at);
    },
  };
}

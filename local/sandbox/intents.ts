/** What the sandbox does with money: holds, captures, releases, refunds. Each movement is a line of its ledger. */
import {
  declined,
  type Intent,
  invalid,
  type LedgerLine,
  type Refund,
  Refusal,
  unexpected,
} from './answers.ts';
import { cards } from './cards.ts';
import type { Store } from './store.ts';

/** A hold ends by itself (Stripe, "Place a hold on a payment method"). */
const HOLD_MS = 7 * 86_400_000;
const REFUND_PENDS_MS = 60_000;
/** "an integer of up to eight digits" (Stripe, PaymentIntent, amount). */
const MAX_AMOUNT = 99_999_999;

export type Form = { [name: string]: string };

export interface Till {
  create(form: Form, key: string): Intent;
  intent(id: string): Intent;
  capture(id: string, form: Form, key: string): Intent;
  cancel(id: string, key: string): Intent;
  refund(form: Form, key: string): Refund;
  refunds(intent: string): Refund[];
  /** All intents, newest first. */
  intents(): Intent[];
  ledger(): LedgerLine[];
}

export function createTill(store: Store, now: () => number): Till {
  const seconds = () => Math.floor(now() / 1000);

  function nextId(kind: string): string {
    const { n } = store.get<{ n: number }>('counter') ?? { n: 0 };
    store.put('counter', { n: n + 1 });
    return `${kind}_sandbox${String(n + 1).padStart(12, '0')}`;
  }

  function move(kind: LedgerLine['kind'], intent: Intent, value: number, key: string, at = now()): void {
    const line: LedgerLine = {
      at: new Date(at).toISOString(),
      ...{ kind, value, key, paymentIntent: intent.id },
      paymentId: intent.metadata['detent_payment'] ?? '',
      currency: intent.currency.toUpperCase(),
    };
    const { n } = store.get<{ n: number }>('lines') ?? { n: 0 };
    store.put('lines', { n: n + 1 });
    store.put(`line/${String(n + 1).padStart(12, '0')}`, line);
  }

  const keep = (intent: Intent): Intent => {
    store.put(`intent/${intent.id}`, intent);
    return intent;
  };

  /** An intent as time has left it. */
  function aged(intent: Intent): Intent {
    const ends = intent.created * 1000 + HOLD_MS;
    if (intent.status !== 'requires_capture' || now() < ends) return intent;
    move('expired', intent, intent.amount_capturable, '', ends);
    return keep({ ...intent, status: 'canceled', amount_capturable: 0, cancellation_reason: 'automatic' });
  }

  function intent(id: string): Intent {
    const found = store.get<Intent>(`intent/${id}`);
    if (!found) throw invalid('resource_missing', `No such payment_intent: '${id}'`, 'intent', 404);
    return aged(found);
  }

  function agedRefund(refund: Refund): Refund {
    if (refund.status !== 'pending' || now() < refund.created * 1000 + REFUND_PENDS_MS) return refund;
    const done: Refund = { ...refund, status: 'succeeded' };
    store.put(`refund/${refund.id}`, done);
    move('refunded', intent(refund.payment_intent), refund.amount, '');
    return done;
  }

  const refunds = (id: string): Refund[] =>
    store
      .list<Refund>('refund/')
      .filter(({ payment_intent }) => payment_intent === id)
      .map(agedRefund);

  return {
    intent,
    refunds,
    intents: () => store.list<Intent>('intent/').map(aged).toReversed(),
    ledger: () => store.list<LedgerLine>('line/'),

    create(form, key) {
      const amount = amountOf(form['amount'], 'amount');
      const currency = form['currency'] ?? '';
      if (!/^[a-z]{3}$/.test(currency)) throw invalid('parameter_invalid', 'Invalid currency.', 'currency');
      if (form['capture_method'] !== 'manual' || form['confirm'] !== 'true')
        throw invalid('parameter_invalid', 'The sandbox holds money: capture_method manual, confirm true.');
      const method = form['payment_method'] ?? '';
      const card = Object.hasOwn(cards, method) ? cards[method] : undefined;
      if (!card) throw invalid('resource_missing', `No such PaymentMethod: '${method}'`, 'payment_method');
      const made: Intent = {
        ...{ id: nextId('pi'), object: 'payment_intent', amount, currency, status: 'requires_capture' },
        ...{ amount_capturable: amount, amount_received: 0, payment_method: method },
        ...{ capture_method: 'manual', cancellation_reason: null, last_payment_error: null },
        ...{ created: seconds(), metadata: metadataOf(form), livemode: false },
      };
      if (card.decline) {
        const { code, decline_code } = card.decline;
        const refused = keep({
          ...made,
          ...{ status: 'requires_payment_method', amount_capturable: 0, payment_method: null },
          last_payment_error: card.decline,
        });
        throw declined(code, decline_code, refused);
      }
      move('authorized', made, amount, key);
      return keep(made);
    },

    capture(id, form, key) {
      const held = intent(id);
      if (held.status !== 'requires_capture') throw unexpected(held, 'captured');
      const wanted = form['amount_to_capture'];
      const amount = wanted === undefined ? held.amount : amountOf(wanted, 'amount_to_capture');
      if (amount > held.amount_capturable)
        throw invalid('amount_too_large', 'More than is held.', 'amount_to_capture');
      if (cards[held.payment_method ?? '']?.captureFails)
        throw declined('card_declined', 'generic_decline', held);
      move('captured', held, amount, key);
      return keep({ ...held, status: 'succeeded', amount_capturable: 0, amount_received: amount });
    },

    cancel(id, key) {
      const held = intent(id);
      if (!['requires_capture', 'requires_payment_method'].includes(held.status))
        throw unexpected(held, 'canceled');
      if (held.status === 'requires_capture') move('voided', held, held.amount_capturable, key);
      return keep({ ...held, status: 'canceled', amount_capturable: 0 });
    },

    refund(form, key) {
      const paid = intent(form['payment_intent'] ?? '');
      if (paid.status !== 'succeeded') throw unexpected(paid, 'refunded');
      const before = refunds(paid.id)
        .filter(({ status }) => status !== 'failed')
        .reduce((sum, one) => sum + one.amount, 0);
      const left = paid.amount_received - before;
      const amount = form['amount'] === undefined ? left : amountOf(form['amount'], 'amount');
      if (left === 0) throw new Refusal(400, refused('charge_already_refunded', 'It has been refunded.'));
      if (amount > left) throw new Refusal(400, refused('amount_too_large', 'More than is left.'));
      const fate = cards[paid.payment_method ?? '']?.refund;
      const made: Refund = {
        ...{ id: nextId('re'), object: 'refund', amount, currency: paid.currency, payment_intent: paid.id },
        status: fate === 'fails' ? 'failed' : fate === 'pends' ? 'pending' : 'succeeded',
        ...(fate === 'fails' && { failure_reason: 'expired_or_canceled_card' }),
        ...{ created: seconds(), metadata: metadataOf(form) },
      };
      store.put(`refund/${made.id}`, made);
      if (made.status === 'succeeded') move('refunded', paid, amount, key);
      return made;
    },
  };
}

const refused = (code: string, message: string) => ({ type: 'invalid_request_error', code, message });

function amountOf(text: string | undefined, param: string): number {
  const amount = Number(text);
  if (/^[1-9]\d*$/.test(text ?? '') && amount <= MAX_AMOUNT) return amount;
  throw invalid('parameter_invalid_integer', `Invalid positive integer: ${param}`, param);
}

/** `metadata[name]=value`. */
function metadataOf(form: Form): { [name: string]: string } {
  const named = Object.entries(form).flatMap(([field, value]) => {
    const name = /^metadata\[(.+)\]$/.exec(field)?.[1];
    return name === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(named);
}

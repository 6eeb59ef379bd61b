/** Sessions of a hosted page at the sandbox: made, paid, declined, expired. What happens to one is told as an event. */
import { invalid, Refusal, type Session } from './answers.ts';
import type { Events } from './events.ts';
import { amountOf, currencyOf, type Form, metadataOf, textOf } from './form.ts';
import type { Intents } from './intents.ts';
import { counted } from './ledger.ts';
import type { Store } from './store.ts';

/** Stripe, "Create a Session", expires_at. */
const SHORTEST_SECONDS = 30 * 60;
const LONGEST_SECONDS = 86_400;
/** How long a payment that settles later takes. */
const LATER_MS = 60_000;

/** What a customer does on the page. Later: by a bank transfer, whose money comes, or does not, in a minute. */
export const deeds = ['pay', 'decline', 'pay-later', 'fail-later'] as const;

export type Deed = (typeof deeds)[number];

export interface Sessions {
  /** @param origin where the page is, such as `http://127.0.0.1:12111`. */
  create(form: Form, origin: string): Session;
  read(id: string): Session;
  expire(id: string): Session;
  /** Does what a customer does; nothing where the session is not open. */
  act(id: string, deed: Deed, card: string): Session;
  /** Lets time do what it does. */
  age(): void;
}

/** With what the provider alone knows of it. */
interface Kept {
  session: Session;
  /** The metadata of the payment. */
  payment: { [name: string]: string };
  /** Until when (ms) the money is on its way, and whether it comes. */
  settles?: { at: number; succeeds: boolean };
}

/** @param now milliseconds since 1970 UTC. */
export function createSessions(store: Store, intents: Intents, events: Events, now: () => number): Sessions {
  const seconds = () => Math.floor(now() / 1000);

  function keep(kept: Kept): Kept {
    store.put(`session/${kept.session.id}`, kept);
    // What time will change: a list that stays short.
    const { id, status } = kept.session;
    if (status === 'open' || kept.settles) store.put(`waiting/${id}`, { id });
    else store.remove(`waiting/${id}`);
    return kept;
  }

  function changed(kept: Kept, change: Partial<Session>, event?: string): Kept {
    const next = keep({ ...kept, session: { ...kept.session, ...change } });
    if (event) events.tell(event, next.session);
    return next;
  }

  /** A session as time has left it. */
  function aged(kept: Kept): Kept {
    const { session, settles } = kept;
    if (session.status === 'open' && seconds() >= session.expires_at)
      return changed(kept, { status: 'expired' }, 'checkout.session.expired');
    if (!settles || now() < settles.at) return kept;
    const { settles: _, ...settled } = kept;
    intents.settle(session.payment_intent ?? '', settles.succeeds, settles.at);
    return settles.succeeds
      ? changed(settled, { payment_status: 'paid' }, 'checkout.session.async_payment_succeeded')
      : changed(settled, {}, 'checkout.session.async_payment_failed');
  }

  function find(id: string): Kept {
    const found = store.get<Kept>(`session/${id}`);
    if (found) return aged(found);
    throw invalid('resource_missing', 'No such checkout.session.', 'session', 404);
  }

  return {
    read: (id) => find(id).session,

    create(form, origin) {
      if (form['mode'] !== 'payment')
        throw invalid('parameter_invalid_string', 'The sandbox takes mode=payment only.', 'mode');
      const { amount, currency } = totalOf(form);
      const expires_at = amountOf(form, 'expires_at', Number.MAX_SAFE_INTEGER);
      const left = expires_at - seconds();
      if (left < SHORTEST_SECONDS || left > LONGEST_SECONDS)
        throw invalid(
          'parameter_invalid_integer',
          'expires_at is 30 minutes to 24 hours from now.',
          'expires_at',
        );
      const id = `cs_test_sandbox${counted(store, 'ids')}`;
      const session: Session = {
        ...{ id, object: 'checkout.session', mode: 'payment', livemode: false },
        ...{ amount_total: amount, currency, status: 'open', payment_status: 'unpaid', payment_intent: null },
        client_reference_id: form['client_reference_id'] ?? null,
        customer_email: form['customer_email'] ?? null,
        ...{ metadata: metadataOf(form), created: seconds(), expires_at },
        ...{ success_url: textOf(form, 'success_url'), cancel_url: form['cancel_url'] ?? null },
        url: `${origin}/pay/${id}`,
      };
      return keep({ session, payment: metadataOf(form, 'payment_intent_data[metadata]') }).session;
    },

    expire(id) {
      const kept = find(id);
      if (kept.session.status !== 'open') throw notOpen(kept.session);
      return changed(kept, { status: 'expired' }, 'checkout.session.expired').session;
    },

    act(id, deed, card) {
      const kept = find(id);
      const { session, payment: metadata } = kept;
      if (session.status !== 'open') return session;
      const intent = intents.charge(session, metadata, card, deed);
      // A card that is declined does not end a session: the customer may take another one.
      if (intent.status === 'requires_payment_method') {
        events.tell('payment_intent.payment_failed', intent);
        return session;
      }
      const paid = intent.status === 'succeeded';
      const settles = paid ? {} : { settles: { at: now() + LATER_MS, succeeds: deed === 'pay-later' } };
      const complete: Partial<Session> = {
        ...{ status: 'complete', payment_status: paid ? 'paid' : 'unpaid' },
        payment_intent: intent.id,
      };
      return changed({ ...kept, ...settles }, complete, 'checkout.session.completed').session;
    },

    age() {
      for (const { id } of store.list<{ id: string }>('waiting/')) find(id);
    },
  };
}

const notOpen = ({ status }: Session): Refusal =>
  new Refusal(400, {
    type: 'invalid_request_error',
    message: `Only Checkout Sessions with a status in ["open"] can be expired. This one has a status of ${status}.`,
  });

/** The lines of a session, added up. */
function totalOf(form: Form): { amount: number; currency: string } {
  let amount = 0;
  let currency = '';
  for (let n = 0; form[`line_items[${n}][quantity]`] !== undefined; n++) {
    const line = `line_items[${n}]`;
    currency = currencyOf(form, `${line}[price_data][currency]`);
    amount += amountOf(form, `${line}[price_data][unit_amount]`) * amountOf(form, `${line}[quantity]`);
  }
  if (amount === 0) throw invalid('parameter_missing', 'Missing required param: line_items.', 'line_items');
  return { amount, currency };
}

/** What the payment provider tells by itself: late, twice, in another order, or never; until it is heard. */
import Stripe from 'stripe';
import { createWebhookReader } from '../../../adapters/stripe/webhook.ts';
import { createWebhookApi } from '../../../api/webhook-routes.ts';
import type { Deliverer, Delivery } from '../../../core/delivery.ts';
import type { Flow } from '../../../core/flow.ts';
import type { StripeEvent } from '../../../local/sandbox/events.ts';
import type { Bank } from './bank.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

/** Between two tries of one event; doubles up to the longest, ms. */
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** What comes late comes so late at the most, ms. */
const LATE_MS = 240_000;
const SECRET = 'whsec_simulated';

/** What each kind of event means for an order. */
const meanings: { [type: string]: string } = {
  'checkout.session.completed': 'PaymentSucceeded',
  'checkout.session.async_payment_succeeded': 'PaymentSucceeded',
  'checkout.session.async_payment_failed': 'PaymentDeclined',
  'checkout.session.expired': 'PaymentExpired',
};

type Session = Stripe.Checkout.Session;

export class Webhooks {
  readonly #around: Surroundings;
  readonly #bank: Bank;
  readonly #network: Network;
  readonly #flow: Flow;
  readonly #certain: ReadonlySet<string>;
  #looksAt = Number.POSITIVE_INFINITY;

  /** @param certain sessions of which everything is told, since nobody else would ever know. */
  constructor(around: Surroundings, bank: Bank, network: Network, flow: Flow, certain: ReadonlySet<string>) {
    [this.#around, this.#bank, this.#network, this.#flow] = [around, bank, network, flow];
    this.#certain = certain;
    bank.onNews = () => void this.#look();
  }

  /** Takes what there is to tell, and comes back when time will have changed something. */
  #look(): void {
    for (const event of this.#bank.news()) void this.#notify(event);
    const at = this.#bank.changesAt();
    if (at === undefined || at >= this.#looksAt) return;
    this.#looksAt = at;
    void this.#around.pause(at + 1 - this.#around.now).then(() => {
      if (this.#looksAt === at) this.#looksAt = Number.POSITIVE_INFINITY;
      this.#look();
    });
  }

  async #notify(event: StripeEvent): Promise<void> {
    const around = this.#around;
    const { id = '', client_reference_id } = event.data.object as Partial<Session>;
    const flowId = client_reference_id ?? '';
    // Of a payment alone: said to nobody who waits for it.
    const strikes = (kind: Parameters<Surroundings['strikes']>[0]) => around.strikes(kind, 'bank', flowId);
    if (!this.#certain.has(id) && strikes('webhook-lost')) return;
    if (strikes('webhook-twice')) void around.delay(0, 60_000).then(() => this.#insist(event, flowId));
    if (strikes('webhook-late')) await around.delay(1_000, LATE_MS);
    await this.#insist(event, flowId);
  }

  async #insist(event: StripeEvent, flowId: string): Promise<void> {
    await this.#around.delay(5, 300);
    for (let pause = PAUSE_MS; !(await this.#arrives(event, flowId)); pause *= 2)
      await this.#around.delay(PAUSE_MS, Math.min(pause, LONGEST_PAUSE_MS));
  }

  async #arrives(event: StripeEvent, flowId: string): Promise<boolean> {
    const process = await this.#network.reach();
    const { payment_status } = event.data.object as Partial<Session>;
    const paid = event.type !== 'checkout.session.completed' || payment_status === 'paid';
    const type = paid ? meanings[event.type] : undefined;
    const told = { id: event.id, type: type ?? '', payload: {} };
    if (type) {
      const about = { flow: this.#flow.name, flowId, event: told, process: process.name };
      this.#around.trace.add({ what: 'asked', ...about });
    }
    const answer = await process
      .ask(({ deliverer }) => this.#post(event, process, deliverer))
      .catch((error: unknown) => {
        this.#around.trace.add({ what: 'threw', flowId, event: told, error: String(error) });
        return 'broken' as const;
      });
    return answer !== 'broken' && answer.ok;
  }

  /** The route is the real one: what it waits for is simulated, what it computes is not. */
  #post(event: StripeEvent, process: Process, deliverer: Deliverer): Promise<Response> {
    const { scheduler, now, trace } = this.#around;
    const deliver = async (delivery: Delivery) => {
      const answer = await scheduler.waiting(() => deliverer.deliver(delivery));
      trace.add({ what: 'answered', flowId: delivery.flowId, event: delivery.event, answer });
      return answer;
    };
    const app = createWebhookApi({
      deliverer: { deliver },
      checkout: { flow: this.#flow },
      readNotice: createWebhookReader({ secret: async () => SECRET, now: () => now }),
      observe: process.observe,
    });
    const body = JSON.stringify(event);
    const timestamp = Math.floor(now / 1000);
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: SECRET, timestamp });
    const headers = { 'stripe-signature': signature };
    return scheduler.working(async () => app.request('/webhooks/stripe', { method: 'POST', body, headers }));
  }
}

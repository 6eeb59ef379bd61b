/** The card gateway of a run: the sandbox, behind a network that is slow, loses requests and answers, and is away for a while. */
import type Stripe from 'stripe';
import { createStripeCheckout } from '../../../adapters/stripe/checkout.ts';
import { createStripeGateway } from '../../../adapters/stripe/gateway.ts';
import type { CardGateway } from '../../../core/card-gateway.ts';
import type { CheckoutProvider } from '../../../core/checkout-provider.ts';
import type { Session } from '../../../local/sandbox/answers.ts';
import type { StripeEvent } from '../../../local/sandbox/events.ts';
import {
  createStripeSandbox,
  type LedgerLine,
  type Sandbox,
  type SandboxAnswer,
  type SandboxFault,
} from '../../../local/sandbox/gateway.ts';
import type { Deed } from '../../../local/sandbox/sessions.ts';
import { memoryStore } from '../../../local/sandbox/store.ts';
import type { Chance } from './chance.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

/** How long it is away, in ms. */
const LAPSE_MS = 400_000;
const outages = [30_000, 90_000, LAPSE_MS] as const;

type Asked = Parameters<Stripe.HttpClient['makeRequest']>;

export interface BankOptions {
  name?: string;
  /** For how long it remembers idempotency keys, in ms of its own time. */
  keepKeysMs: number;
  /** How much faster its own time goes than that of the world: what takes hours there is over within a run. */
  pace?: number;
  /** How often it is away for long after an answer of it was lost: the probability. */
  lapses?: number;
}

export class Bank {
  readonly #around: Surroundings;
  readonly #chance: Chance;
  readonly #sandbox: Sandbox;
  readonly #store = memoryStore();
  readonly #start: number;
  readonly #pace: number;
  readonly #lapses: number;
  #awayUntil = 0;
  /** Called whenever there may be something that it has to tell by itself. */
  onNews: () => void = () => {};

  constructor(around: Surroundings, { name = 'bank', keepKeysMs, pace = 1, lapses = 0 }: BankOptions) {
    this.#around = around;
    this.#chance = around.chance(name);
    this.#start = around.now;
    this.#pace = pace;
    this.#lapses = lapses;
    const now = () => this.#theirs(around.now);
    this.#sandbox = createStripeSandbox({ store: this.#store, now, keepKeysMs });
  }

  /** An instant (ms) of the world, in the bank's own time. */
  readonly #theirs = (at: number): number => Math.floor(this.#start + (at - this.#start) * this.#pace);
  readonly #ours = (at: number): number => Math.ceil(this.#start + (at - this.#start) / this.#pace);

  /** Until when (ms) it is away, or was. */
  get awayUntil(): number {
    return this.#awayUntil;
  }

  /** In the time of the world. */
  ledger(): LedgerLine[] {
    const ours = (at: string) => new Date(this.#ours(Date.parse(at))).toISOString();
    return this.#sandbox.ledger().map((line) => ({ ...line, at: ours(line.at) }));
  }

  /** All pages that there are, or were. */
  pages(): Session[] {
    return this.#store.list<{ session: Session }>('session/').map(({ session }) => session);
  }

  /** When (ms) time changes the next page: it ends, or money arrives. */
  changesAt(): number | undefined {
    const waiting = this.#store.list<{ session: Session; settles?: { at: number } }>('session/');
    const times = waiting.flatMap(({ session: { status, expires_at }, settles }) =>
      settles ? [settles.at] : status === 'open' ? [expires_at * 1000] : [],
    );
    return times.length > 0 ? this.#ours(Math.min(...times)) : undefined;
  }

  /** What a customer does on a page. */
  act(id: string, deed: Deed, card: string): Session | undefined {
    const session = this.#sandbox.act(id, deed, card);
    this.onNews();
    return session;
  }

  /** What it has to tell by itself, each once. */
  news(): StripeEvent[] {
    const events = this.#sandbox.untold();
    for (const { id } of events) this.#sandbox.told(id);
    return events;
  }

  /** A hold that the gateway makes after it had said no, or of itself. @returns its id. */
  approveLate(paymentId: string, value: number): string {
    const form = {
      ...{ amount: value, currency: 'eur', payment_method: 'pm_card_visa' },
      ...{ capture_method: 'manual', confirm: true, 'metadata[detent_payment]': paymentId },
    };
    const body = new URLSearchParams(
      Object.entries(form).map(([name, one]): [string, string] => [name, String(one)]),
    );
    const answer = this.#sandbox.handle({
      ...{ method: 'POST', path: '/v1/payment_intents', body: body.toString() },
      headers: { authorization: 'Bearer sk_test_simulated' },
    });
    return JSON.parse((answer as SandboxAnswer).body).id;
  }

  /** The gateway as one process reaches it, through the real library. */
  gateway(process: Process): CardGateway {
    return createStripeGateway(this.#account(process));
  }

  /** Its hosted page, in the same way. */
  checkout(process: Process): CheckoutProvider {
    return createStripeCheckout(this.#account(process));
  }

  #account(process: Process) {
    const ask = (asked: Asked) => this.#ask(process, asked);
    const httpClient = {
      getClientName: () => 'simulation',
      makeRequest: async (...asked: Asked) => answerOf(await ask(asked)),
    } as Stripe.HttpClient;
    return { apiKey: async () => 'sk_test_simulated', httpClient };
  }

  async #ask(process: Process, [, , path, method, headers, data]: Asked): Promise<SandboxAnswer> {
    const around = this.#around;
    const strikes = (kind: Parameters<Surroundings['strikes']>[0]) =>
      around.strikes(kind, process.name, `gateway ${String(headers['Idempotency-Key'] ?? path)}`);
    await around.delay(5, 300, process);
    if (strikes('gateway-outage')) this.#awayUntil = around.now + this.#chance.pick(outages);
    if (around.now < this.#awayUntil) throw refusedConnection();
    if (strikes('gateway-lost')) return this.#noAnswer(process);
    const fault: SandboxFault = strikes('gateway-limit')
      ? 'transient'
      : strikes('gateway-error')
        ? this.#chance.pick<SandboxFault>(['error-before', 'error-after'])
        : strikes('gateway-refused')
          ? 'permanent'
          : 'none';
    const theirs = (at: string) => String(Math.floor(this.#theirs(Number(at) * 1000) / 1000));
    const body = data?.replace(/(?<=(?:^|&)expires_at=)\d+/, theirs);
    const request = { method, path, body, headers: headers as { [name: string]: string }, origin: ORIGIN };
    const answer = this.#sandbox.handle(request, fault);
    this.onNews();
    if (typeof answer === 'string' || strikes('gateway-late')) {
      if (this.#lapses > 0 && this.#chance.chance(this.#lapses)) this.#awayUntil = around.now + LAPSE_MS;
      return this.#noAnswer(process);
    }
    await around.delay(5, 200, process);
    return answer;
  }

  /** The connection breaks, or stays open for ever. */
  async #noAnswer(process: Process): Promise<never> {
    if (this.#chance.chance(0.5)) return new Promise<never>(() => {});
    await this.#around.delay(1_000, 8_000, process);
    throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  }
}

const ORIGIN = 'https://pay.example';

const refusedConnection = () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

function answerOf({ status, headers, body }: SandboxAnswer) {
  return {
    getStatusCode: () => status,
    getHeaders: () => headers,
    getRawResponse: () => ({ body }),
    toStream: () => body,
    toJSON: async () => JSON.parse(body),
  };
}

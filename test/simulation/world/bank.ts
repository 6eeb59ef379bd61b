/** The card gateway of a run: the sandbox, behind a network that is slow, loses requests and answers, and is away for a while. */
import type Stripe from 'stripe';
import { createStripeGateway } from '../../../adapters/stripe/gateway.ts';
import type { CardGateway } from '../../../core/card-gateway.ts';
import {
  createStripeSandbox,
  type LedgerLine,
  type Sandbox,
  type SandboxAnswer,
  type SandboxFault,
} from '../../../local/sandbox/gateway.ts';
import { memoryStore } from '../../../local/sandbox/store.ts';
import type { Chance } from './chance.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

/** How long it is away, in ms. */
const outages = [30_000, 90_000, 400_000] as const;

type Asked = Parameters<Stripe.HttpClient['makeRequest']>;

export class Bank {
  readonly #around: Surroundings;
  readonly #chance: Chance;
  readonly #sandbox: Sandbox;
  #awayUntil = 0;

  /** @param keepKeysMs for how long it remembers idempotency keys. */
  constructor(around: Surroundings, keepKeysMs: number) {
    this.#around = around;
    this.#chance = around.chance('bank');
    this.#sandbox = createStripeSandbox({ store: memoryStore(), now: () => around.now, keepKeysMs });
  }

  /** Until when (ms) it is away, or was. */
  get awayUntil(): number {
    return this.#awayUntil;
  }

  ledger(): LedgerLine[] {
    return this.#sandbox.ledger();
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
    return createStripeGateway({
      apiKey: async () => 'sk_test_simulated',
      httpClient: this.#client(process),
    });
  }

  #client(process: Process): Stripe.HttpClient {
    const ask = (asked: Asked) => this.#ask(process, asked);
    return {
      getClientName: () => 'simulation',
      makeRequest: async (...asked: Asked) => answerOf(await ask(asked)),
    } as Stripe.HttpClient;
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
    const request = { method, path, headers: headers as { [name: string]: string }, body: data };
    const answer = this.#sandbox.handle(request, fault);
    if (typeof answer === 'string' || strikes('gateway-late')) return this.#noAnswer(process);
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

/** What the tests of the sandbox share: one that stands still in time, and requests in the form that Stripe takes them. */
import { createStripeSandbox, type SandboxFault } from '../../local/sandbox/gateway.ts';
import { memoryStore, type Store } from '../../local/sandbox/store.ts';

export const DAY_MS = 86_400_000;

type Parameters = { [name: string]: string | number | undefined };

export interface Told {
  status: number;
  headers: { [name: string]: string };
  // The body of an answer: an object of Stripe's, a list of them, or an error.
  body: Body;
}

export interface Body {
  id?: string;
  status?: string;
  error?: {
    type: string;
    code?: string;
    decline_code?: string;
    param?: string;
    payment_intent?: { id: string; status: string };
  };
  data?: Body[];
  has_more?: boolean;
  [field: string]: unknown;
}

export const order = {
  amount: 1_290,
  currency: 'eur',
  payment_method: 'pm_card_visa',
  'allowed_payment_method_types[0]': 'card',
  capture_method: 'manual',
  confirm: 'true',
  error_on_requires_action: 'true',
  'metadata[detent_payment]': 'p-1',
} satisfies Parameters;

const encoded = (parameters: Parameters) =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
  ).toString();

export function openShop(store: Store = memoryStore()) {
  const time = { now: Date.parse('2026-01-01T00:00:00.000Z') };
  const sandbox = createStripeSandbox({ store, now: () => time.now });
  let keys = 0;

  function ask(
    method: string,
    path: string,
    body: Parameters = {},
    headers: { [name: string]: string } = {},
    fault?: SandboxFault,
  ): Told | 'cut' | 'silent' {
    const answer = sandbox.handle(
      { method, path, headers: { authorization: 'Bearer sk_test_1', ...headers }, body: encoded(body) },
      fault,
    );
    return typeof answer === 'string' ? answer : { ...answer, body: JSON.parse(answer.body) as Body };
  }

  /** A request that is answered. */
  function post(path: string, body: Parameters = {}, key = `key-${++keys}`, fault?: SandboxFault): Told {
    const told = ask('POST', path, body, { 'idempotency-key': key }, fault);
    if (typeof told === 'string') throw new Error(`not answered: ${told}`);
    return told;
  }
  const get = (path: string): Told => ask('GET', path) as Told;
  const hold = (changes: Parameters = {}, key?: string, fault?: SandboxFault) =>
    post('/v1/payment_intents', { ...order, ...changes }, key, fault);

  return {
    ...{ time, sandbox, ask, post, get, hold },
    held: (changes: Parameters = {}): string => String(hold(changes).body.id),
    capture: (id: string, amount_to_capture?: number, key?: string) =>
      post(`/v1/payment_intents/${id}/capture`, { amount_to_capture }, key),
    cancel: (id: string, key?: string) => post(`/v1/payment_intents/${id}/cancel`, {}, key),
    refund: (payment_intent: string, amount?: number, key?: string) =>
      post('/v1/refunds', { payment_intent, amount, 'metadata[detent_payment]': 'p-1' }, key),
    read: (id: string) => get(`/v1/payment_intents/${id}`),
    moved: () => sandbox.ledger().map(({ kind, value }) => `${kind} ${value}`),
  };
}

export type Shop = ReturnType<typeof openShop>;

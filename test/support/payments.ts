/** The engine with payments on a real table, a clock that the test moves, and the gateway that it is given. */
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import { type Action, performAction, type TaskInput, toolsFor } from '../../core/action.ts';
import type { CardGateway } from '../../core/card-gateway.ts';
import { createDeliverer } from '../../core/deliver.ts';
import type { Flow, Persistence } from '../../core/flow.ts';
import { entryOf } from '../../core/journal.ts';
import type { CrashHook, Signal, Table } from '../../core/ports.ts';
import { type Publication, publishExecutors } from '../../core/publication.ts';
import { createReconciler } from '../../core/reconciler.ts';
import { createRelay } from '../../core/relay.ts';
import type { Entry, JsonObject, Step } from '../../core/types.ts';
import { gatewayExecutors } from '../../flows/payment/gateway.ts';
import { payment, paymentActions } from '../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import { nobody } from '../../local/outside.ts';
import { TestClock } from './clock.ts';
import { temporaryTable } from './tables.ts';

export const order = {
  merchant: 'shop',
  amount: { value: 1_290, currency: 'EUR' },
  paymentMethod: 'pm_card_visa',
};

export interface PaymentsOptions {
  gateway?: CardGateway;
  table?: Table;
  clock?: TestClock;
  crash?: CrashHook;
  /** Another policy than the flow's own. */
  persistence?: Persistence;
  /** Whether transitions are told to others, as the flow says by default. */
  publishes?: boolean;
}

/** How an action fails. */
type Failing = 'throws' | 'hangs' | 'says what nobody knows';

export type Payments = ReturnType<typeof createPayments>;

export function createPayments(options: PaymentsOptions = {}) {
  const own = options.table ? undefined : temporaryTable();
  const table = options.table ?? (own as NonNullable<typeof own>).table;
  const clock = options.clock ?? new TestClock();
  const settings = defaultPaymentSettings;
  const flow = withOptions(payment(settings), options);
  const flows = { [flow.name]: flow };
  const signals: Signal[] = [];
  const published: Publication[] = [];
  const calls: { action: string; outcome: string | undefined }[] = [];
  const failing = new Map<string, Failing>();
  const observe = (signal: Signal) => void signals.push(signal);

  const actions = new Map(paymentActions(settings).map((action) => [action.name, action]));
  const noSecret = async () => Promise.reject(new Error('no secrets here'));
  async function invoke(name: string, input: TaskInput): Promise<Step> {
    const how = failing.get(name);
    if (how === 'throws') throw new Error('action failed');
    if (how === 'hangs') return new Promise<never>(() => {});
    if (how)
      return {
        ...(input.step ?? {}),
        outcome: 'Foreign',
        data: {},
        effects: [],
        facts: [],
        writes: [],
      } as Step;
    const action = actions.get(name) as Action;
    const step = await performAction(action, input, toolsFor(action, table, noSecret));
    calls.push({ action: name, outcome: step.outcome });
    return step;
  }
  let fraction = 0;
  const random = { id: () => 'id', fraction: () => (fraction = (fraction + 0.37) % 1) };
  const crash = options.crash && { crash: options.crash };
  const resolver = createAslResolver({ [flow.name]: flow.definition }, invoke, { retryPauseMs: 0 });
  const deliverer = createDeliverer({
    ...{ table, clock, random, observe, resolver, ...crash },
    fingerprint: async (text) => Buffer.from(text).toString('hex').slice(-32).padStart(32, '0'),
  });
  const executors = {
    ...gatewayExecutors(options.gateway ?? nobody.gateway, settings),
    ...publishExecutors(async (message) => void published.push(message)),
  };
  const relay = createRelay({
    ...{ table, clock, random, observe, flows, executors, ...crash },
    deliver: deliverer.deliver,
  });
  const reconcile = createReconciler({ table, clock, observe, flows, relay, check: deliverer.check });
  const items = async (flowId: string) =>
    (await table.query('flows', `${flow.name}#${flowId}`, 'entry#')).map(({ item }) => item);
  let events = 0;
  return {
    ...{ table, clock, settings, flow, signals, published, calls, deliverer, relay, reconcile },
    /** From now on this action fails, or never ends. */
    fail: (action: string, how: Failing = 'throws') => void failing.set(action, how),
    /** Delivers one event; a new id each time unless one is given. Those of the gateway are our own. */
    tell: (flowId: string, type: string, payload: JsonObject = {}, id = `event-${++events}`) =>
      deliverer.deliver({ flow, flowId, event: { id, type, payload } }),
    create: (flowId: string, more: Partial<typeof order> = {}) =>
      deliverer.deliver({
        ...{ flow, flowId },
        event: { id: `create-${flowId}`, type: 'PaymentCreated', payload: { ...order, ...more } },
      }),
    record: (flowId: string) => deliverer.load(flow, flowId),
    items,
    entries: async (flowId: string): Promise<Entry[]> => (await items(flowId)).map(entryOf),
    /** Hands all committed entries of an instance to the relay, as the change feed would. */
    relayAll: async (flowId: string) => {
      for (const item of await items(flowId)) await relay.handle(item);
    },
    close: () => own?.close(),
  };
}

function withOptions(
  flow: Flow,
  { persistence = flow.persistence, publishes = true }: PaymentsOptions,
): Flow {
  const { publishes: _, ...quiet } = flow;
  return { ...(publishes ? flow : quiet), persistence };
}

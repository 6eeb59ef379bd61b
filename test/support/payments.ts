/** The engine with payments on a real table, a clock that the test moves, and the gateway that it is given. */
import type { CardGateway } from '../../core/card-gateway.ts';
import type { Flow, Persistence } from '../../core/flow.ts';
import { entryOf } from '../../core/journal.ts';
import { type Publication, publishExecutors } from '../../core/publication.ts';
import type { Entry } from '../../core/types.ts';
import { gatewayExecutors } from '../../flows/payment/gateway.ts';
import { payment, paymentActions } from '../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import { nobody } from '../../local/outside.ts';
import { createFlowEngine, type FlowEngineOptions } from './flow-engine.ts';

export const order = {
  merchant: 'shop',
  amount: { value: 1_290, currency: 'EUR' },
  paymentMethod: 'pm_card_visa',
};

export interface PaymentsOptions extends FlowEngineOptions {
  gateway?: CardGateway;
  /** Another policy than the flow's own. */
  persistence?: Persistence;
  /** Whether transitions are told to others, as the flow says by default. */
  publishes?: boolean;
}

export type Payments = ReturnType<typeof createPayments>;

export function createPayments(options: PaymentsOptions = {}) {
  const settings = defaultPaymentSettings;
  const flow = withOptions(payment(settings), options);
  const published: Publication[] = [];
  const engine = createFlowEngine(
    flow,
    paymentActions(settings),
    (_observe, table) => ({
      ...gatewayExecutors(options.gateway ?? nobody.gateway, settings, table),
      ...publishExecutors(async (message) => void published.push(message)),
    }),
    options,
  );
  return {
    ...engine,
    ...{ settings, published },
    create: (flowId: string, more: Partial<typeof order> = {}) =>
      engine.tell(flowId, 'PaymentCreated', { ...order, ...more }, `create-${flowId}`),
    entries: async (flowId: string): Promise<Entry[]> => (await engine.items(flowId)).map(entryOf),
  };
}

function withOptions(
  flow: Flow,
  { persistence = flow.persistence, publishes = true }: PaymentsOptions,
): Flow {
  const { publishes: _, ...quiet } = flow;
  return { ...(publishes ? flow : quiet), persistence };
}

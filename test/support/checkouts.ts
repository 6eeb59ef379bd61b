/** The engine with orders on a real table, a shop with goods, and the world outside that it is given. */
import { alarmExecutors } from '../../core/alarm.ts';
import type { CardGateway } from '../../core/card-gateway.ts';
import type { CheckoutProvider } from '../../core/checkout-provider.ts';
import type { QueueSender } from '../../core/ports.ts';
import { fulfilmentExecutors } from '../../flows/checkout/fulfilment.ts';
import { checkout, checkoutActions } from '../../flows/checkout/index.ts';
import { stockKey, stockOf } from '../../flows/checkout/inventory.ts';
import { checkoutExecutors } from '../../flows/checkout/payments.ts';
import { type CheckoutSettings, defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import { setStock } from '../../flows/checkout/stock.ts';
import { nobody } from '../../local/outside.ts';
import { createFlowEngine, type FlowEngineOptions } from './flow-engine.ts';

/** Two mugs and a poster: 3,470 cents. */
export const order = {
  items: [
    { sku: 'mug', quantity: 2 },
    { sku: 'poster', quantity: 1 },
  ],
  email: 'customer@example.com',
};

export interface CheckoutsOptions extends FlowEngineOptions {
  provider?: CheckoutProvider;
  gateway?: CardGateway;
  warehouse?: QueueSender;
  settings?: Partial<CheckoutSettings>;
}

export type Checkouts = ReturnType<typeof createCheckouts>;

/** A queue that takes everything. */
const takes: QueueSender = { send: async () => ({ receipt: 'taken' }) };

export function createCheckouts(options: CheckoutsOptions = {}) {
  const settings = { ...defaultCheckoutSettings, ...options.settings };
  const { provider = nobody.checkout, gateway = nobody.gateway, warehouse = takes } = options;
  const engine = createFlowEngine(
    checkout(settings),
    checkoutActions(settings),
    (observe) => ({
      ...checkoutExecutors(provider, gateway),
      ...fulfilmentExecutors(warehouse),
      ...alarmExecutors(observe),
    }),
    options,
  );
  const { table } = engine;
  return {
    ...engine,
    settings,
    /** Fills the shop: 100 mugs, 25 caps, 3 posters. */
    async fill(): Promise<void> {
      await setStock(table, 'mug', 100, 1_290);
      await setStock(table, 'cap', 25, 1_990);
      await setStock(table, 'poster', 3, 890);
    },
    place: (flowId: string, more: Partial<typeof order> = {}) =>
      engine.tell(flowId, 'OrderPlaced', { ...order, ...more }, `place-${flowId}`),
    /** On hand, reserved, sold. */
    async stock(sku: string): Promise<[number, number, number]> {
      const { onHand = -1, reserved = -1, sold = -1 } = stockOf(await table.read(stockKey(sku))) ?? {};
      return [onHand, reserved, sold];
    },
  };
}

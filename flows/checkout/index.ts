/** An order: goods set apart, paid at a hosted page, fulfilled by a warehouse, and undone once where something fails. */
import type { Action } from '../../core/action.ts';
import { substitute } from '../../core/definition.ts';
import type { Flow } from '../../core/flow.ts';
import asl from '../../state-definitions/checkout.asl.json' with { type: 'json' };
import { askPaymentProvider } from './actions/ask-payment-provider.ts';
import { askWarehouse } from './actions/ask-warehouse.ts';
import { commitInventory } from './actions/commit-inventory.ts';
import { createPaymentSession } from './actions/create-payment-session.ts';
import { expirePaymentSession } from './actions/expire-payment-session.ts';
import { keepPaymentSession } from './actions/keep-payment-session.ts';
import { noteFulfilment } from './actions/note-fulfilment.ts';
import { noteRefund } from './actions/note-refund.ts';
import { refundPayment } from './actions/refund-payment.ts';
import { releaseInventory } from './actions/release-inventory.ts';
import { reserveInventory } from './actions/reserve-inventory.ts';
import { restockInventory } from './actions/restock-inventory.ts';
import { sendFulfilmentCommand } from './actions/send-fulfilment-command.ts';
import { personal } from './data.ts';
import { INVENTORY } from './inventory.ts';
import type { CheckoutSettings } from './settings.ts';

export const checkoutActions = (settings: CheckoutSettings): Action[] => [
  reserveInventory(settings),
  createPaymentSession(settings),
  keepPaymentSession(settings),
  askPaymentProvider(settings),
  expirePaymentSession,
  releaseInventory,
  commitInventory,
  restockInventory,
  sendFulfilmentCommand(settings),
  askWarehouse(settings),
  refundPayment(settings),
  noteRefund,
  noteFulfilment,
];

/** What the definition's `${…}` stand for, but for the actions: those have other names on every runtime. */
export const checkoutSubstitutions = (settings: CheckoutSettings) => ({
  FulfilmentSeconds: settings.fulfilmentSeconds,
});

/** Where a person must look, until one has: these are kept for ever. */
const open = ['FulfilmentUnknown', 'RefundFailed'];

export function checkout(settings: CheckoutSettings): Flow {
  const actions = Object.fromEntries(checkoutActions(settings).map(({ name }) => [name, name]));
  return {
    name: 'checkout',
    // The stock, the money and the warehouse have ledgers of their own; of an order its recent history is enough.
    persistence: 'outbox',
    definition: substitute(asl, { ...checkoutSubstitutions(settings), ...actions }),
    tables: [INVENTORY],
    view(state, { total, paymentUrl, missing }) {
      return {
        ...(total !== undefined && { total }),
        ...(state === 'AwaitingPayment' && paymentUrl !== undefined && { paymentUrl }),
        ...(missing !== undefined && { items: missing }),
      };
    },
    personal,
    retentionSeconds: (state) => (open.includes(state) ? undefined : settings.retentionSeconds),
    fingerprinted: ({ payload }) => ({ value: payload, guessable: false }),
  };
}

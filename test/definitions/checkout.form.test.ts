/** The definition of the checkout as it stands: its language, its states, what it makes of what actions say. */
import { checkout, checkoutActions } from '../../flows/checkout/index.ts';
import { defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import asl from '../../state-definitions/checkout.asl.json' with { type: 'json' };
import { final, table, waiting } from './checkout.table.ts';
import { describeForm } from './form.ts';

describeForm({
  asl,
  definition: checkout(defaultCheckoutSettings).definition,
  actions: checkoutActions(defaultCheckoutSettings),
  ...{ waiting, final, table },
  byDefault: {
    ReserveInventory: ['SkuUnknown', 'TotalTooLarge', 'OrderInvalid'],
    CreatePaymentSession: ['SessionRequested'],
    KeepPaymentSession: ['SessionKept'],
    AskPaymentProvider: ['ProviderAsked'],
    ExpirePaymentSession: ['SessionExpiryRequested'],
    ReleaseInventory: ['StockReleased'],
    CommitInventory: ['StockCommitted'],
    RestockInventory: ['CommandRepeated'],
    SendFulfilmentCommand: ['FulfilmentCommanded'],
    RefundPayment: ['RefundRequested'],
    NoteFulfilment: ['FulfilledAfterRefund'],
  },
});

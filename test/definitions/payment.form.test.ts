/** The definition of the payment as it stands: its language, its states, what it makes of what actions say. */
import { payment, paymentActions } from '../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import asl from '../../state-definitions/payment.asl.json' with { type: 'json' };
import { describeForm } from './form.ts';
import { final, table, waiting } from './payment.table.ts';

describeForm({
  asl,
  definition: payment(defaultPaymentSettings).definition,
  actions: paymentActions(defaultPaymentSettings),
  ...{ waiting, final, table },
  byDefault: {
    ValidatePayment: ['PaymentInvalid'],
    RequestAuthorization: ['AuthorizationRequested'],
    CheckCapture: ['AmountTooLarge'],
    RequestCapture: ['AmountTooLarge'],
    VoidAuthorization: ['VoidRequested'],
    RequestReversal: ['ReversalRequested'],
    AskGateway: ['GatewayAsked'],
  },
});

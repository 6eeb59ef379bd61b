/** The two-phase card payment: a hold on the card, then the money or the release of the hold. */
import type { Action } from '../../core/action.ts';
import { substitute } from '../../core/definition.ts';
import type { Flow } from '../../core/flow.ts';
import asl from '../../state-definitions/payment.asl.json' with { type: 'json' };
import { askGateway } from './actions/ask-gateway.ts';
import { checkCapture } from './actions/check-capture.ts';
import { noteAnswer } from './actions/note-answer.ts';
import { requestAuthorization } from './actions/request-authorization.ts';
import { requestCapture } from './actions/request-capture.ts';
import { requestReversal } from './actions/request-reversal.ts';
import { validatePayment } from './actions/validate-payment.ts';
import { voidAuthorization } from './actions/void-authorization.ts';
import { personal } from './data.ts';
import type { PaymentSettings } from './settings.ts';

export const paymentActions = (settings: PaymentSettings): Action[] => [
  validatePayment,
  requestAuthorization(settings),
  checkCapture,
  requestCapture(settings),
  voidAuthorization(settings),
  requestReversal(settings),
  askGateway(settings),
  noteAnswer,
];

/** What the definition's `${…}` stand for, but for the actions: those have other names on every runtime. */
export const paymentSubstitutions = (settings: PaymentSettings) => ({
  CreatedSeconds: settings.createdSeconds,
  AuthorizedSeconds: settings.authorizedSeconds,
});

export function payment(settings: PaymentSettings): Flow {
  const actions = Object.fromEntries(paymentActions(settings).map(({ name }) => [name, name]));
  return {
    name: 'payment',
    // Money is audited: what a payment was at any time, and that nobody has changed it, can be shown from its entries.
    persistence: 'journal',
    publishes: true,
    definition: substitute(asl, { ...paymentSubstitutions(settings), ...actions }),
    tables: [],
    view(_state, { amount, captured, reversed, failure }) {
      const shown = { amount, captured, reversed, failure };
      return Object.fromEntries(
        Object.entries(shown).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
    },
    personal,
    retentionSeconds: () => undefined,
    fingerprinted: ({ payload }) => ({ value: payload, guessable: false }),
  };
}

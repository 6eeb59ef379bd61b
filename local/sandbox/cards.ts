/**
 * How the test cards behave: those of Stripe's test mode (Stripe, "Testing", by payment method), and `pm_card_captureFail`, which is
 * ours. The refunds of `pm_card_refundFail` fail at once here; Stripe lets them succeed first.
 */

export interface Card {
  /** Refused at the authorisation, with this code and decline code. */
  decline?: { code: string; decline_code?: string };
  /** Refused at the capture. */
  captureFails?: true;
  /** What becomes of a refund: by default it succeeds at once. */
  refund?: 'fails' | 'pends';
}

const declined = (decline_code: string): Card => ({ decline: { code: 'card_declined', decline_code } });

export const cards: { readonly [paymentMethod: string]: Card } = {
  pm_card_visa: {},
  pm_card_visa_debit: {},
  pm_card_mastercard: {},
  pm_card_mastercard_debit: {},
  pm_card_mastercard_prepaid: {},
  pm_card_amex: {},
  pm_card_discover: {},
  pm_card_diners: {},
  pm_card_jcb: {},
  pm_card_unionpay: {},
  pm_card_us: {},
  pm_card_visa_chargeDeclined: declined('generic_decline'),
  pm_card_visa_chargeDeclinedInsufficientFunds: declined('insufficient_funds'),
  pm_card_visa_chargeDeclinedLostCard: declined('lost_card'),
  pm_card_visa_chargeDeclinedStolenCard: declined('stolen_card'),
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: declined('card_velocity_exceeded'),
  pm_card_chargeDeclinedExpiredCard: { decline: { code: 'expired_card' } },
  pm_card_chargeDeclinedIncorrectCvc: { decline: { code: 'incorrect_cvc' } },
  pm_card_chargeDeclinedProcessingError: { decline: { code: 'processing_error' } },
  pm_card_authenticationRequired: {
    decline: { code: 'authentication_required', decline_code: 'authentication_required' },
  },
  pm_card_pendingRefund: { refund: 'pends' },
  pm_card_captureFail: { captureFails: true },
  pm_card_refundFail: { refund: 'fails' },
};

import { hidden } from '../../core/personal.ts';

/**
 * Names under which Stripe's test mode and the sandbox know cards that behave in a certain way (Stripe, "Testing"), and one of the
 * sandbox's own: `pm_card_captureFail`.
 */
export const testPaymentMethods: readonly string[] = [
  'pm_card_visa',
  'pm_card_visa_debit',
  'pm_card_mastercard',
  'pm_card_mastercard_debit',
  'pm_card_mastercard_prepaid',
  'pm_card_amex',
  'pm_card_discover',
  'pm_card_diners',
  'pm_card_jcb',
  'pm_card_unionpay',
  'pm_card_us',
  'pm_card_visa_chargeDeclined',
  'pm_card_visa_chargeDeclinedInsufficientFunds',
  'pm_card_visa_chargeDeclinedLostCard',
  'pm_card_visa_chargeDeclinedStolenCard',
  'pm_card_chargeDeclinedExpiredCard',
  'pm_card_chargeDeclinedIncorrectCvc',
  'pm_card_chargeDeclinedProcessingError',
  'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
  'pm_card_authenticationRequired',
  'pm_card_pendingRefund',
  'pm_card_captureFail',
  'pm_card_refundFail',
];

const known: ReadonlySet<string> = new Set(testPaymentMethods);

/** Stripe's ids are `pm_` and more than a dozen letters and digits; only those of its test cards have words in them. */
const ID = /^pm_[A-Za-z0-9]{14,250}$/;

/** Whether it may be one. Whether there is such a one, the gateway alone knows. */
export const isPaymentMethod = (id: string): boolean => known.has(id) || ID.test(id);

/** The names of test cards, which are everybody's; of a customer's own the last four characters. */
export const maskPaymentMethod = (id: string): string =>
  known.has(id) ? id : `pm_${hidden(id)}${ID.test(id) ? id.slice(-4) : ''}`;

/** Parameters of a request, as they come: form-encoded, `metadata[name]=value`. */
import { invalid } from './answers.ts';
import { type Card, cards } from './cards.ts';

export type Form = { [name: string]: string };

/** "an integer of up to eight digits" (Stripe, PaymentIntent, amount). */
const MAX_AMOUNT = 99_999_999;
/** All that there are: which of them may be paid in, is for whoever asks to know. */
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
/** Stripe, "Metadata". */
const MAX_METADATA = { fields: 50, name: 40, value: 500 };

export function textOf(form: Form, param: string): string {
  const value = form[param];
  if (value === undefined || value === '')
    throw invalid('parameter_missing', `Missing required param: ${param}.`, param);
  return value;
}

/** @returns minor units. */
export function amountOf(form: Form, param: string, most = MAX_AMOUNT): number {
  const text = textOf(form, param);
  if (!/^[1-9]\d{0,15}$/.test(text))
    throw invalid('parameter_invalid_integer', `Invalid positive integer: ${param}.`, param);
  if (Number(text) <= most) return Number(text);
  throw invalid('amount_too_large', `${param} may have eight digits at the most.`, param);
}

/** @returns in small letters. */
export function currencyOf(form: Form, param = 'currency'): string {
  const currency = textOf(form, param);
  if (currency === currency.toLowerCase() && currencies.has(currency.toUpperCase())) return currency;
  throw invalid('parameter_invalid_string', 'Invalid currency.', param);
}

export function cardOf(form: Form): { method: string; card: Card } {
  const method = textOf(form, 'payment_method');
  const card = Object.hasOwn(cards, method) ? cards[method] : undefined;
  if (card) return { method, card };
  throw invalid('resource_missing', 'No such PaymentMethod.', 'payment_method');
}

/** The sandbox holds money on a card, at once, and nothing else. */
export function checkMode(form: Form): void {
  const wanted = { capture_method: 'manual', confirm: 'true' };
  for (const [param, value] of Object.entries(wanted))
    if (textOf(form, param) !== value)
      throw invalid('parameter_invalid_string', `The sandbox takes ${param}=${value} only.`, param);
  const types = Object.entries(form).filter(([name]) => /payment_method_types\[\d*\]$/.test(name));
  if (types.length > 0 && !types.some(([, type]) => type === 'card'))
    throw invalid(
      'payment_intent_invalid_parameter',
      'The sandbox knows cards only.',
      'payment_method_types',
    );
}

/** @param prefix where it is in the form. */
export function metadataOf(form: Form, prefix = 'metadata'): { [name: string]: string } {
  const fields = Object.entries(form).flatMap(([field, value]) => {
    const isField = field.startsWith(`${prefix}[`) && field.endsWith(']');
    return isField ? [[field.slice(prefix.length + 1, -1), value] as const] : [];
  });
  const { fields: most, name: longest, value: longestValue } = MAX_METADATA;
  if (
    fields.length > most ||
    fields.some(([name, value]) => name.length > longest || value.length > longestValue)
  )
    throw invalid('parameter_invalid_string', 'Too much metadata.', 'metadata');
  return Object.fromEntries(fields);
}

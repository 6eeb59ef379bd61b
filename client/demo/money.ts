/** Pure: amounts as people write and read them; the API counts whole minor units. */

export interface Money {
  /** Minor units. */
  value: number;
  currency: string;
}

/** How many digits the minor unit of a currency has; 2 for what is no currency. */
export function digitsOf(currency: string): number {
  try {
    const { maximumFractionDigits } = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
    }).resolvedOptions();
    return maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** `12.90 EUR`. */
export function moneyText({ value, currency }: Money): string {
  const digits = digitsOf(currency);
  return `${(value / 10 ** digits).toFixed(digits)} ${currency}`;
}

/** The minor units of what somebody has written, `12.90` or `12,9`; undefined where it is no amount of that currency. */
export function minorUnits(text: string, currency: string): number | undefined {
  const digits = digitsOf(currency);
  const found = /^(\d{1,12})(?:[.,](\d*))?$/.exec(text.trim());
  const [, whole = '', fraction = ''] = found ?? [];
  if (!found || fraction.length > digits) return undefined;
  return Number(`${whole}${fraction.padEnd(digits, '0')}`);
}

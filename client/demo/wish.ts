/** Pure: what a visitor wants, and the Idempotency-Key under which it is asked for until there is an answer. */

export interface Wish {
  /** What is asked for, as JSON. */
  body: string;
  key: string;
}

/**
 * The wish for a body: the one before, where that has the same body, for it has had no answer; otherwise a new one. So what is pressed
 * twice, or again after a silence, is done once.
 */
export function wishFor(body: unknown, open: Wish | undefined, newKey: () => string): Wish {
  const text = JSON.stringify(body);
  return open?.body === text ? open : { body: text, key: newKey() };
}

/** How many of each good somebody wants, by its name; NaN where nothing is written. */
export type Quantities = { readonly [sku: string]: number };

/** A good of which nobody has said how many. */
export const unsaid = (wanted: Quantities): string | undefined =>
  Object.keys(wanted).find((sku) => Number.isNaN(wanted[sku]));

/** A wish as it was put aside; undefined for what is none. */
export function wishIn(text: string | null): Wish | undefined {
  try {
    const { body, key } = JSON.parse(text ?? '');
    return typeof body === 'string' && typeof key === 'string' ? { body, key } : undefined;
  } catch {
    return undefined;
  }
}

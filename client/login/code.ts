/** Codes, as people type and paste them. */

/** What stands between the digits of a code: spaces and hyphens of all kinds. */
const between = /[\s\p{Dash}._]/gu;

/** What was typed as a code: `123 456`, `123-456` and `１２３４５６` are 123456. Undefined where that is not six digits. */
export function codeFrom(typed: string): string | undefined {
  const digits = typed.normalize('NFKC').replace(between, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/** The code in what was pasted, which may be a whole SMS. Undefined where there is none, or more than one. */
export function codeIn(pasted: string): string | undefined {
  const found = pasted.normalize('NFKC').match(/(?<!\d)\d{3}[\s\p{Dash}]?\d{3}(?!\d)/gu) ?? [];
  return found.length === 1 ? codeFrom(found[0] ?? '') : undefined;
}

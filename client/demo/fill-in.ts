/** Fills in a field of the login page, as a browser does by itself. */

/**
 * @param purpose as the field says it in `autocomplete`.
 * @returns whether there is such a field now.
 */
export function fillIn(purpose: 'username' | 'current-password' | 'one-time-code', text: string): boolean {
  const field = document.querySelector<HTMLInputElement>(`#login input[autocomplete~="${purpose}"]`);
  if (!field) return false;
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
  return true;
}

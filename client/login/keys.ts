/** Which Idempotency-Key a wish goes under. */
import type { Answered } from '../common/api.ts';

const isAnother = (answered: Answered<unknown>): boolean =>
  answered.kind === 'refused' && answered.refusal.name === 'key-reused';

/**
 * Sends one wish under the first of these keys that was not used for another one. Which wish a key was used for only the API knows:
 * after a reload the page has the key, and no password and no code.
 *
 * @param send `undefined`: what this key stands for is no longer of use.
 * @returns the answer, and the key that it belongs to.
 */
export async function underFirst<T>(
  keys: readonly string[],
  send: (key: string) => Promise<Answered<T> | undefined>,
): Promise<{ key: string; answered: Answered<T> }> {
  const [key = '', ...others] = keys;
  const answered = await send(key);
  if (others.length > 0 && (!answered || isAnother(answered))) return underFirst(others, send);
  return { key, answered: answered ?? { kind: 'silent' } };
}

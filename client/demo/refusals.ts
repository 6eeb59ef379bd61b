/** Pure: why something was not done, in words. */
import type { Answered, Refusal } from '../common/api.ts';
import { isOpen } from '../common/wishes.ts';

/** What to do where it is open what became of a request. */
const AGAIN = 'Press again: it is asked under the same key, and done once.';
const LOOK = 'It may have been done or not: look before you press again.';

/** What to say where no answer came to a request that has an Idempotency-Key. */
export const SILENCE = `No answer came: Detent is down, or cannot be reached. It may have heard the request or not. ${AGAIN}`;

/** The same for one that has none: a second one would be done as well. */
export const SILENCE_WITHOUT_KEY = `No answer came. ${LOOK}`;

/** A sentence or two for anybody. */
export function refusalText({ name, detail, members, retryAfter }: Refusal): string {
  switch (name) {
    case 'out-of-stock':
      return `Too few pieces: ${listOf(members['items'], shortage)}. Nothing was set apart.`;
    case 'unknown-sku':
      return `There is no such good${members['skus'] ? `: ${listOf(members['skus'], String)}` : ''}.`;
    case 'invalid-request':
      return `That cannot be asked for: ${listOf(members['errors'], mistake)}.`;
    case 'amount-too-large':
      return `That is more than was held on the card. ${detail}`;
    case 'wrong-state':
      return `Refused, and nothing was changed. ${detail}`;
    case 'try-again':
    case 'conflict':
      return `Not now. ${detail}${retryAfter === undefined ? '' : ` Try again in ${retryAfter} s.`}`;
    default:
      return detail || `It was refused (${name || 'without a reason'}).`;
  }
}

/**
 * What is wrong; undefined where it was done.
 *
 * @param hasKey whether it was asked under an Idempotency-Key, which the next press uses again.
 */
export function problemText(answer: Answered<unknown>, { hasKey }: { hasKey: boolean }): string | undefined {
  if (answer.kind === 'silent') return hasKey ? SILENCE : SILENCE_WITHOUT_KEY;
  if (answer.kind === 'done') return undefined;
  const text = refusalText(answer.refusal);
  // What has a name of its own says itself that nothing was done.
  const isUnclear = isOpen(answer) && !/^Not now/.test(text);
  return isUnclear ? `${text} ${hasKey ? AGAIN : LOOK}` : text;
}

const listOf = (found: unknown, text: (one: never) => string): string =>
  (Array.isArray(found) ? found : []).map((one) => text(one as never)).join('; ');

const shortage = ({ sku, quantity, onHand }: { sku: string; quantity: number; onHand: number }): string =>
  `${sku}, of which you want ${quantity}, and ${onHand} ${onHand === 1 ? 'is' : 'are'} on hand`;

const mistake = ({ path, message }: { path: string; message: string }): string =>
  path === '' ? message : `${path} ${message}`;

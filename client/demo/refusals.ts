/** Pure: why something was not done, in words. */
import type { Answered, Refusal } from '../common/api.ts';

/** What to say where no answer came. */
export const SILENCE =
  'No answer came: Detent is down, or cannot be reached. It may have heard the request or not. Press again: it is asked under the same key, and done once.';

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

/** What is wrong; undefined where it was done. */
export function problemText(answer: Answered<unknown>): string | undefined {
  if (answer.kind === 'silent') return SILENCE;
  return answer.kind === 'refused' ? refusalText(answer.refusal) : undefined;
}

const listOf = (found: unknown, text: (one: never) => string): string =>
  (Array.isArray(found) ? found : []).map((one) => text(one as never)).join('; ');

const shortage = ({ sku, quantity, onHand }: { sku: string; quantity: number; onHand: number }): string =>
  `${sku}, of which you want ${quantity}, and ${onHand} ${onHand === 1 ? 'is' : 'are'} on hand`;

const mistake = ({ path, message }: { path: string; message: string }): string =>
  path === '' ? message : `${path} ${message}`;

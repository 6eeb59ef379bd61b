/** When a wish goes under the same Idempotency-Key again. */
import type { Answered, Refusal } from './api.ts';

/**
 * Whether the answer leaves open what became of the request, or says that nothing was written: then the same wish goes under the same
 * key. A refusal without a name does not come from Detent but from something in front of it.
 */
export const mayBeRepeated = ({ status, name }: Refusal): boolean =>
  status >= 500 || name === '' || name === 'conflict' || name === 'too-many-deferred';

/** Whether what was asked may or may not have happened, so that its key is still needed. */
export const isOpen = (answered: Answered<unknown>): boolean =>
  answered.kind === 'silent' || (answered.kind === 'refused' && mayBeRepeated(answered.refusal));

/** What an error of DynamoDB means for a transaction. Its message may quote values: only names go on from here. */
import { DetentError, nameOf } from '../../core/errors.ts';
import type { TransactOutcome } from '../../core/ports.ts';

/** Somebody else, or too much at once, was in the way: the same writes may be repeated as they are. */
const clashing = new Set([
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'ThrottlingException',
  'Throttling',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

/** Ours to mend: no repetition helps. */
const malformed = new Set([
  'ValidationError',
  'ValidationException',
  'ItemCollectionSizeLimitExceeded',
  'ItemCollectionSizeLimitExceededException',
  'IdempotentParameterMismatchException',
]);

/** Reasons of a cancelled transaction come in the order of its writes; a write that was not at fault has `None`. */
function reasonsOf(error: unknown): string[] {
  const reasons =
    typeof error === 'object' && error !== null && 'CancellationReasons' in error
      ? error.CancellationReasons
      : undefined;
  if (!Array.isArray(reasons)) return [];
  return reasons.map(({ Code }: { Code?: string }) => Code ?? 'None').filter((code) => code !== 'None');
}

/**
 * How a transaction ended that DynamoDB did not commit. A failed condition outweighs everything else: whoever decided on
 * the old truth must decide again.
 *
 * @throws DetentError `invalid-transaction`; `table-unavailable` where nobody knows whether the write happened, or why not.
 */
export function outcomeOf(error: unknown): Exclude<TransactOutcome, 'committed'> {
  const reasons = nameOf(error) === 'TransactionCanceledException' ? reasonsOf(error) : [nameOf(error)];
  if (reasons.some((reason) => /^ConditionalCheckFailed(Exception)?$/.test(reason))) return 'conflict';
  const fault = reasons.find((reason) => malformed.has(reason));
  if (fault) throw new DetentError('invalid-transaction', `DynamoDB refuses the writes: ${fault}`);
  if (reasons.length > 0 && reasons.every((reason) => clashing.has(reason))) return 'clash';
  throw failure(error);
}

/** An error of a read, or of a write of unknown fate. */
export const failure = (error: unknown): DetentError =>
  new DetentError('table-unavailable', `DynamoDB failed: ${nameOf(error)}`);

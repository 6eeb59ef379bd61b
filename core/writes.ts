import { DetentError } from './errors.ts';
import type { Key, Write } from './types.ts';

/** DynamoDB, TransactWriteItems: at most 100 actions. */
const MAX_WRITES = 100;

export const nameOfKey = ({ table, pk, sk }: Key): string => `${table}/${pk}/${sk}`;

/**
 * What every table refuses before it starts, so that a fault shows on all of them.
 *
 * @throws DetentError `invalid-transaction`: empty, too many writes, or two writes to one item.
 */
export function checkTransaction(writes: Write[]): void {
  const keys = new Set(writes.map(({ key }) => nameOfKey(key)));
  if (writes.length === 0 || writes.length > MAX_WRITES) {
    throw new DetentError(
      'invalid-transaction',
      `a transaction has 1 to ${MAX_WRITES} writes, this one ${writes.length}`,
    );
  }
  if (keys.size < writes.length) {
    throw new DetentError('invalid-transaction', 'a transaction must not write one item twice');
  }
}

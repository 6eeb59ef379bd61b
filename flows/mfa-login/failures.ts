/**
 * Failures in a row, counted across logins (RFC 4226, 7.3). A counter holds how many are left before logins are delayed;
 * below zero every failure doubles the delay. Writes are conditional on what was read, so that parallel guesses cannot
 * get past the limit.
 */

import { keyedHash } from '../../core/keyed-hash.ts';
import type { Item, Key, Write } from '../../core/types.ts';
import { secondsAfter } from './data.ts';
import type { Settings } from './settings.ts';

export const failuresKey = (account: string, source?: string): Key => ({
  table: 'users',
  pk: `failures#${account}`,
  sk: source === undefined ? 'account' : `source#${source}`,
});

/** The counters of an account, named by a keyed hash so that unknown names are counted alike. */
export const accountHash = (identity: string, username: string): string =>
  keyedHash(identity, 'account', username);

/** One counter inside an item: attribute `<name>Left` and, of the last failure, `<name>At`. */
export type Counter = 'passwords' | 'codes';

export interface Limit {
  counter: Counter;
  /** Failures before the first delay. */
  limit: number;
}

const leftOf = (item: Item | undefined, { counter, limit }: Limit): number =>
  Number(item?.[`${counter}Left`] ?? limit);

/** Until when this counter delays logins; the empty string: not at all. */
export function delayedUntil(item: Item | undefined, limit: Limit, settings: Settings): string {
  const over = -leftOf(item, limit);
  const at = item?.[`${limit.counter}At`];
  if (over < 0 || typeof at !== 'string' || at === '') return '';
  return secondsAfter(at, Math.min(settings.delaySeconds * 2 ** over, settings.longestDelaySeconds));
}

/** An item past its expiry counts as absent. */
export const live = (item: Item | undefined, now: string): Item | undefined =>
  typeof item?.['expiresAt'] === 'string' && item['expiresAt'] <= now ? undefined : item;

/**
 * One more failure. While some are left they may be taken in parallel; once none is left, one at a time.
 *
 * @param stored the item as read, even where it has expired.
 */
export function countFailure(
  key: Key,
  stored: Item | undefined,
  limit: Limit,
  now: string,
  expiresAt: string | undefined,
): Write {
  const [left, at] = [`${limit.counter}Left`, `${limit.counter}At`];
  const item = live(stored, now);
  const set = { [at]: now, ...(expiresAt && { expiresAt }) };
  const remaining = leftOf(item, limit);
  const failures = Number(stored?.['failures'] ?? 0) + 1;
  // Also where the name was unknown when counting began, and is a user's by now: that count no longer expires.
  if (!item || item[left] === undefined || (item['expiresAt'] && !expiresAt)) {
    const { expiresAt: _, ...kept } = item ?? {};
    return {
      op: 'put',
      key,
      item: { ...kept, [left]: remaining - 1, failures, ...set },
      if: unchanged(stored),
    };
  }
  const guard = remaining > 0 ? { atLeast: { [left]: 1 } } : { equals: { [left]: remaining } };
  return { op: 'add', key, deltas: { [left]: -1, failures: 1 }, set, if: guard };
}

/** As many writes as a failure has, without counting one. */
export const touch = (key: Key, stored: Item | undefined): Write => ({
  op: 'check',
  key,
  if: unchanged(stored),
});

/**
 * That no failure has been counted since the item was read. `failures` changes with each: also with the first of a counter
 * that the item did not have.
 */
export function unchanged(
  stored: Item | undefined,
): { absent: true } | { equals: { [attribute: string]: number } } {
  if (!stored) return { absent: true };
  const counters = Object.entries(stored).filter(
    (field): field is [string, number] => typeof field[1] === 'number',
  );
  return { equals: Object.fromEntries(counters) };
}

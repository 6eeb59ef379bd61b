/** How many SMS one phone may get: per hour and per day, each counted from the first SMS of its window. */

import { keyedHash } from '../../core/keyed-hash.ts';
import type { Condition, Item, Key, Write } from '../../core/types.ts';
import { secondsAfter } from './data.ts';
import type { Settings } from './settings.ts';

const HOUR = 3_600;
const DAY = 86_400;

export const quotaKey = (identity: string, phone: string): Key => ({
  table: 'quotas',
  pk: `sms#${keyedHash(identity, 'phone', phone)}`,
  sk: 'windows',
});

/**
 * Takes one SMS from the quota.
 *
 * @returns the write that takes it, on condition that the quota is still as read; or when the next one may be sent.
 */
export function takeSms(
  key: Key,
  item: Item | undefined,
  now: string,
  settings: Settings,
): { write: Write } | { usedUpUntil: string } {
  const hour = window(item?.['hourFrom'], item?.['hourLeft'], now, HOUR, settings.smsQuotaPerHour);
  const day = window(item?.['dayFrom'], item?.['dayLeft'], now, DAY, settings.smsQuotaPerDay);
  const full = [hour, day].filter(({ left }) => left < 1).map(({ until }) => until);
  if (full.length > 0) return { usedUpUntil: full.sort().at(-1) ?? now };
  if (item && hour.running && day.running) {
    return {
      write: {
        op: 'add',
        key,
        deltas: { hourLeft: -1, dayLeft: -1 },
        if: { equals: { hourFrom: hour.from, dayFrom: day.from }, atLeast: { hourLeft: 1, dayLeft: 1 } },
      },
    };
  }
  return {
    write: {
      op: 'put',
      key,
      item: {
        hourFrom: hour.from,
        hourLeft: hour.left - 1,
        dayFrom: day.from,
        dayLeft: day.left - 1,
        expiresAt: day.until,
      },
      if: asRead(item),
    },
  };
}

function window(from: unknown, left: unknown, now: string, seconds: number, quota: number) {
  if (typeof from === 'string') {
    const until = secondsAfter(from, seconds);
    if (until > now) return { running: true, from, left: Number(left), until };
  }
  return { running: false, from: now, left: quota, until: secondsAfter(now, seconds) };
}

function asRead(item: Item | undefined): Condition {
  if (!item) return { absent: true };
  const { hourFrom, hourLeft, dayFrom, dayLeft } = item as { [attribute: string]: string | number };
  return { equals: { hourFrom, hourLeft, dayFrom, dayLeft } as { [attribute: string]: string | number } };
}

/** What became of all SMS of a data folder, and of the logins that asked for them. */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { type EntryItem, relayDefaults } from '../../core/bookkeeping.ts';
import { recordOf } from '../../core/persistence.ts';
import type { InstanceRecord, Item } from '../../core/types.ts';
import type { Started } from '../support/process.ts';

export interface Message {
  effectId: string;
  body: string;
}

export const inboxOf = async (detent: Started) =>
  (await detent.get('/dev/sms')).body['messages'] as unknown as Message[];

/** From a log that tells of nothing worse: how often nobody knew whether an effect had happened. */
export function unknownsIn(log: string): (effectId: string) => number {
  const counts = new Map<string, number>();
  for (const line of log.split('\n').filter(Boolean)) {
    const { type, status, effect } = JSON.parse(line);
    // An SMS that was put off for long enough is no longer wanted.
    expect({ type, status }).toEqual({ type: 'effect', status: expect.stringMatching(/unknown|expired/) });
    if (status === 'unknown') counts.set(effect, (counts.get(effect) ?? 0) + 1);
  }
  return (effectId) => counts.get(effectId) ?? 0;
}

/**
 * Long after the last event, in the file of a stopped process: everything has come to its end, and nobody got more messages
 * than there is a reason for.
 *
 * @param repeats how often an effect may have been repeated that was claimed so many times.
 */
export function expectAllAtRest(
  dataDir: string,
  messages: Message[],
  repeats: (effectId: string, attempt: number) => number,
): void {
  const db = openDataFile(join(dataDir, 'detent.db'));
  const select = db.prepare('SELECT body FROM items WHERE tbl = ? AND sk GLOB ?');
  const items = (table: string, sk: string): Item[] =>
    select.all(table, sk).map(({ body }) => JSON.parse(String(body)));
  const entries = items('flows', 'entry#*') as unknown as EntryItem[];
  const records = items('flows', 'record').map(recordOf);
  const [quota] = items('quotas', 'windows');
  db.close();

  for (const entry of entries) expectSettled(entry, messages, repeats);
  for (const record of records) expectEnded(record, messages);
  const known = new Set(entries.flatMap(({ effects }) => effects.map(({ id }) => id)));
  expect(messages.filter(({ effectId }) => !known.has(effectId))).toEqual([]);
  expect(quota?.['hourLeft']).toBe(100_000 - known.size);
}

function expectSettled(
  { delivery }: EntryItem,
  messages: Message[],
  repeats: (effectId: string, attempt: number) => number,
): void {
  for (const [id, { status, attempt }] of Object.entries(delivery)) {
    const sent = messages.filter(({ effectId }) => effectId === id).length;
    expect(['delivered', 'expired']).toContain(status);
    if (status === 'delivered') expect(sent).toBeGreaterThanOrEqual(1);
    expect(attempt).toBeLessThanOrEqual(relayDefaults.attempts);
    expect({ id, sent }).toEqual({ id, sent: Math.min(sent, 1 + repeats(id, attempt)) });
  }
}

/** Versions without a gap, each wrong code counted once, one code in all messages, and no longer waiting. */
function expectEnded({ flowId, state, version, trail, data }: InstanceRecord, messages: Message[]): void {
  expect(trail.map((one) => one.version)).toEqual(Array.from({ length: version }, (_, n) => n + 1));
  const wrong = trail.filter(({ facts }) => facts.includes('OtpInvalid') || facts.includes('OtpExhausted'));
  expect(data['attemptsLeft']).toBe(3 - wrong.length);
  const own = messages.filter(({ effectId }) => effectId.startsWith(`${flowId}/`));
  expect(new Set(own.map(({ body }) => body)).size).toBeLessThanOrEqual(1);
  expect(state).not.toBe('WaitForOtpInput');
}

/** Payments in a data folder, made by the real engine; the gateway's answers are events of our own. */
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { JsonObject } from '../../core/types.ts';
import { createPayments, type Payments } from '../support/payments.ts';
import { run } from './support.ts';

const hold = { authorization: 'pi_1' };
const stories: [event: string, payload: JsonObject][][] = [
  [],
  [['Abort', {}]],
  [['Authorize', {}]],
  // A capture that has to wait for the hold, and a cancellation that comes too late.
  [
    ['Authorize', {}],
    ['Capture', { value: 500 }],
    ['Cancel', {}],
    ['AuthApproved', hold],
    ['CaptureSuccess', hold],
  ],
  [
    ['Authorize', {}],
    ['AuthApproved', hold],
    ['Capture', {}],
    ['CaptureSuccess', hold],
    ['Reverse', {}],
    ['ReverseSuccess', hold],
  ],
  [
    ['Authorize', {}],
    ['AuthDeclined', { code: 'card_declined' }],
  ],
];

/** Tells one of six stories, from a payment that is only created to one that is captured and reversed. */
export async function pay(
  { flow, deliverer, create }: Payments,
  flowId: string,
  story: number,
): Promise<void> {
  await create(flowId);
  for (const [index, [type, payload]] of (stories[story % stories.length] ?? []).entries()) {
    const event = { id: `${flowId}-${index}`, type, payload };
    await deliverer.deliver({ flow, flowId, event, origin: 'own' });
  }
}

/** The longest story, whose payment is captured and reversed: seven versions. */
export const REVERSED = 4;

/** A data folder with so many payments: `payment-0`, `payment-1`, … tell the stories in turn. */
export async function dataFolder(path: string, count: number): Promise<string> {
  mkdirSync(path, { recursive: true });
  const db = openDataFile(join(path, 'detent.db'));
  const payments = createPayments({ table: new SqliteTable(db) });
  try {
    await Promise.all(Array.from({ length: count }, (_, n) => pay(payments, `payment-${n}`, n)));
    await payments.relayAll(`payment-${REVERSED}`);
  } finally {
    db.close();
  }
  return path;
}

/** Runs SQL on a data folder that no process holds; `?` are `values`. */
export function sql(folder: string, statement: string, ...values: string[]): JsonObject[] {
  const db = new DatabaseSync(join(folder, 'detent.db'));
  try {
    return db.prepare(statement).all(...values) as JsonObject[];
  } finally {
    db.close();
  }
}

/** A statement for `sql`, with its values. */
export type Meddling = [statement: string, ...values: string[]];

/** A copy of a data folder beside it, meddled with. */
export function meddled(whole: string, ...statements: Meddling[]): string {
  const folder = mkdtempSync(`${whole}-`);
  cpSync(whole, folder, { recursive: true });
  for (const statement of statements) sql(folder, ...statement);
  return folder;
}

export const pk = (n: number): string => `payment#payment-${n}`;
export const entry = (version: number): string => `entry#${String(version).padStart(10, '0')}`;

/** Deletes an item of the nth payment. */
export const drop = (n: number, sk: string): Meddling => [
  "DELETE FROM items WHERE tbl = 'flows' AND pk = ? AND sk = ?",
  ...[pk(n), sk],
];

/** Sets a field of an item of the nth payment. */
export const set = (n: number, sk: string, field: string, value: string): Meddling => [
  "UPDATE items SET body = json_set(body, ?, ?) WHERE tbl = 'flows' AND pk = ? AND sk = ?",
  ...[`$.${field}`, value, pk(n), sk],
];

export const journal = (...args: string[]) => run('journal', args);
export const verify = (folder: string, ...more: string[]) => journal('verify', '--data-dir', folder, ...more);
export const show = (folder: string, id: string, ...more: string[]) =>
  journal('show', id, '--data-dir', folder, ...more);

/** What a payment scenario leaves behind, as text: a line for each thing, the same on either runtime where the thing is. */
import { entryKey, recordKey } from '../../../core/flow.ts';
import { examineStored } from '../../../core/journal.ts';
import type { Json, JsonObject } from '../../../core/types.ts';
import { paymentSettingsSchema } from '../../../flows/payment/settings.ts';
import { testPaymentSettings } from '../emulator/test-deployment.ts';
import { type Answered, entriesOf, type PaymentSide, type Till } from './payment.ts';

const settings = paymentSettingsSchema.parse(testPaymentSettings);

export interface PaymentHistory {
  lines: string[];
  transitions: number;
  /** `<event> → <state>` of the first payment, without its creation. */
  way: string[];
  /** What the gateway moved for it. */
  moved: string[];
  /** `<event> in <state>`, of all of them. */
  taken: string[];
}

type Entries = Awaited<ReturnType<typeof entriesOf>>;
type Told = Entries[number] & { event: { type: string }; from: string; to: string };

export async function paymentHistory(side: PaymentSide, till: Till): Promise<PaymentHistory> {
  const all = await Promise.all(till.payments.map((id) => entriesOf(side.table, id)));
  const lines: string[] = [];
  for (const [n, id] of till.payments.entries()) {
    const entries = all[n] ?? [];
    const timed = timesOf(entries);
    const record = await side.table.read(recordKey('payment', id));
    const items = entries.map((entry) => ({
      key: entryKey('payment', id, entry.version),
      item: entry as unknown as JsonObject,
    }));
    const { faults } = examineStored({ flow: 'payment', flowId: id }, items, record);
    lines.push(
      `${id} ${record?.['state']} v${record?.['version']}, faults of its journal: ${JSON.stringify(faults)}`,
    );
    lines.push(...entries.map((entry) => entryLine(entry, id, timed)));
    lines.push(`${id} at the gateway: ${side.gateway.moved(id).join(', ')}`);
  }
  lines.push(
    ...till.answers.map((one) => answerLine(one, timesOf(all[till.payments.indexOf(one.paymentId)]))),
  );
  const [first = []] = all as Told[][];
  return {
    lines: lines.map((line) => withoutIds(line, till.payments)),
    transitions: all.flat().length,
    way: first.slice(1).map(({ event, to }) => `${event.type} → ${to}`),
    moved: side.gateway.moved(till.payments[0] ?? ''),
    taken: (all.flat() as Told[]).map(({ event, from }) => `${event.type} in ${from}`),
  };
}

function entryLine(entry: Entries[number], id: string, timed: (value: unknown) => string): string {
  const { delivery, version, revision: _, dueAt, ...more } = entry;
  // What is to be tried again is tried when it is due: how often by now is a matter of time.
  const fates = Object.entries(delivery).map(([effect, { status, attempt, reason }]) =>
    dueAt === undefined ? `${effect} ${status} attempt ${attempt} ${reason ?? ''}`.trim() : `${effect} open`,
  );
  return `${id} entry ${version} {${fates.join('; ')}} ${timed(more)}`;
}

function answerLine({ what, paymentId, reply }: Answered, timed: (value: unknown) => string): string {
  const { status, headers, body } = reply;
  return `${what} ${paymentId}: ${status} ${headers.get('content-type')} ${timed(body)}`;
}

/** Made anew in every run, and held together by the journal's own examination. */
const made = ['hash', 'previous', 'fingerprint', 'taken'];

/**
 * Writes JSON with keys in order, and instants named by the transition that they count from: `t2+60s`. What counts from
 * nothing that is known stays as it is, and differs.
 */
function timesOf(entries: Entries = []): (value: unknown) => string {
  const { createdSeconds, authorizedSeconds, inquireSeconds, keySeconds, keyMarginSeconds } = settings;
  const keys = [keySeconds, keySeconds - keyMarginSeconds];
  const spans = [0, inquireSeconds, 2 * inquireSeconds, createdSeconds, authorizedSeconds, ...keys];
  const named = (text: string): string => {
    // The nearest first: two transitions may happen to be exactly as far apart as a deadline is.
    for (const span of spans)
      for (const { version, at } of entries)
        if (Date.parse(text) - Date.parse(at) === span * 1000) return `t${version}+${span}s`;
    return text;
  };
  const shown = (value: Json, key: string): Json => {
    if (made.includes(key)) return `${String(value).length} letters`;
    if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? named(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => shown(one, ''));
    const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(fields.map(([name, one]) => [name, field(name, one, value)]));
  };
  /** Of an event: when exactly it came is nothing that counts. */
  const field = (name: string, value: Json, of: JsonObject): Json => {
    const isEvent = 'type' in of && 'id' in of;
    if (isEvent && name === 'at') return 'then';
    return isEvent && name === 'id' ? eventId(String(value)) : shown(value, name);
  };
  return (value) => JSON.stringify(shown(value as Json, ''));
}

/** Whether a request itself or an inquiry brought an answer is a matter of time, where both were on their way. */
function eventId(id: string): string {
  if (id.endsWith('/result')) return 'a result';
  return id.includes('/') || id.startsWith('told-') ? id : `${id.length} letters`;
}

const withoutIds = (line: string, payments: readonly string[]): string =>
  payments
    .reduce((text, id, n) => text.replaceAll(id, `payment-${n + 1}`), line)
    .replaceAll(/\bpi_\w+/g, 'the-hold');

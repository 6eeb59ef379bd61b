/** What a scenario of an order leaves behind, as text: a line for each thing, the same on either runtime where the thing is. */
import type { EntryItem } from '../../../core/bookkeeping.ts';
import type { InstanceRecord, Json, JsonObject } from '../../../core/types.ts';
import { stockKey, stockOf } from '../../../flows/checkout/inventory.ts';
import { checkoutSettingsSchema } from '../../../flows/checkout/settings.ts';
import { testCheckoutSettings } from '../emulator/test-deployment.ts';
import { type Answered, type CheckoutSide, type Counter, entriesOf } from './checkout.ts';

const settings = checkoutSettingsSchema.parse(testCheckoutSettings);

export interface CheckoutHistory {
  lines: string[];
  transitions: number;
  /** `<event> → <state>` of the first order. */
  way: string[];
  /** What the provider moved for it. */
  moved: string[];
  /** `<event> in <state>`, of all of them. */
  taken: string[];
}

export async function checkoutHistory(side: CheckoutSide, counter: Counter): Promise<CheckoutHistory> {
  const { orders, answers, sku } = counter;
  const records = await Promise.all(orders.map((id) => counter.record(id)));
  const lines: string[] = [];
  for (const [n, id] of orders.entries()) {
    const { state, version, data, trail, deferred, deadline, expiresAt } = records[n] as InstanceRecord;
    const timed = timesOf(trail);
    lines.push(
      `${id} ${state} v${version} ${timed({ data, deferred: deferred.length, deadline, expiresAt })}`,
    );
    lines.push(...trail.map((item) => trailLine(id, item)));
    lines.push(...(await entriesOf(side.table, id)).map((entry) => entryLine(entry, timed)));
    lines.push(...side.commands(id).map((command) => `${id} commanded: ${timed(command)}`));
    lines.push(`${id} at the provider: ${side.gateway.moved(id).join(', ')}`);
  }
  const { onHand, reserved, sold } = stockOf(await side.table.read(stockKey(sku))) ?? {};
  lines.push(`in stock: ${onHand}, ${reserved} reserved, ${sold} sold`);
  lines.push(...answers.map((one) => answerLine(one, records[orders.indexOf(one.orderId)]?.trail)));
  const [first] = records;
  const trails = records.flatMap(({ trail }) => trail);
  return {
    lines: lines.map((line) => withoutIds(line, counter)),
    transitions: trails.length,
    way: (first?.trail ?? []).map(({ type, to }) => `${type} → ${to}`),
    moved: side.gateway.moved(orders[0] ?? ''),
    taken: trails.map(({ type, from }) => `${type} in ${from}`),
  };
}

type Trail = InstanceRecord['trail'];

/** Whether an effect itself or the one that repeats it brought an answer is a matter of time, where both were on their way. */
function trailLine(id: string, { version, eventId, type, from, to, facts, answer }: Trail[number]): string {
  const by = eventId.endsWith('/result') ? 'a result' : eventId;
  const named = /^[\w-]{20,}$/.test(by) ? `${by.length} letters` : by;
  return `${id} ${version} ${type} (${named}) ${from} → ${to} ${facts.join(', ')} ${answer.status} ${answer.outcome ?? ''}`.trim();
}

function entryLine(
  { version, effects, delivery, dueAt }: EntryItem,
  timed: (value: unknown) => string,
): string {
  // What is to be tried again is tried when it is due: how often by now is a matter of time.
  const fates = Object.entries(delivery).map(([effect, { status, attempt, reason }]) =>
    dueAt === undefined ? `${effect} ${status} attempt ${attempt} ${reason ?? ''}`.trim() : `${effect} open`,
  );
  return `entry ${version} {${fates.join('; ')}} ${timed(effects)}`;
}

function answerLine({ what, orderId, reply }: Answered, trail: Trail = []): string {
  const { status, headers, body } = reply;
  return `${what} ${orderId}: ${status} ${headers.get('content-type')} ${timesOf(trail)(body)}`;
}

/**
 * Writes JSON with keys in order, and instants named by the transition that they count from: `t2+60s`. What counts from
 * nothing that is known stays as it is, and differs.
 */
function timesOf(trail: Trail): (value: unknown) => string {
  const { createSeconds, sessionSeconds, paymentSeconds, fulfilmentSeconds, inquiries, refundSeconds } =
    settings;
  const spans = [
    ...[
      0,
      createSeconds,
      2 * createSeconds,
      refundSeconds,
      2 * refundSeconds,
      sessionSeconds,
      paymentSeconds,
    ],
    ...[
      2 * paymentSeconds,
      fulfilmentSeconds,
      fulfilmentSeconds * (inquiries + 1),
      settings.retentionSeconds,
    ],
  ];
  const named = (text: string): string => {
    for (const span of spans)
      for (const { version, at } of trail)
        if (Date.parse(text) - Date.parse(at) === span * 1000) return `t${version}+${span}s`;
    return text;
  };
  const shown = (value: Json): Json => {
    if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? named(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(shown);
    const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(fields.map(([name, one]): [string, Json] => [name, shown(one)])) as JsonObject;
  };
  return (value) => JSON.stringify(shown(value as Json));
}

/** Names that are made anew in every run. */
const withoutIds = (line: string, { orders, sku }: Counter): string =>
  orders
    .reduce((text, id, n) => text.replaceAll(id, `order-${n + 1}`), line)
    .replaceAll(sku, 'the-good')
    .replaceAll(/customer-[\w-]+@/g, 'customer@')
    .replaceAll(/http:\/\/127[^"]+/g, 'the-page')
    .replaceAll(/\bcs_test_\w+/g, 'the-session')
    .replaceAll(/\bevt_sandbox\w+/g, 'a-notice')
    .replaceAll(/\bpi_sandbox\w+/g, 'the-money');

/** Invariants 8 and 9 of the checkout: no piece of a good, no money and no parcel appears, disappears, or goes twice. */
import { recordOf } from '../../../core/persistence.ts';
import type { Effect, JsonObject } from '../../../core/types.ts';
import { stockKey } from '../../../flows/checkout/inventory.ts';
import type { Session } from '../../../local/sandbox/answers.ts';
import type { Run } from '../run.ts';
import type { Happened } from '../world/trace.ts';
import type { Move, Story } from './story.ts';
import { same, type Violation } from './violation.ts';

type Movement = ReturnType<Run['checkouts']['bank']['ledger']>[number];
type Piles = { onHand: number; reserved: number; sold: number };
interface Line {
  sku: string;
  quantity: number;
}

/** In which pile the goods of an order are, by its state; in no other state they are set apart. */
const pileOf: { [state: string]: 'reserved' | 'sold' } = {
  CreatingPayment: 'reserved',
  AwaitingPayment: 'reserved',
  Fulfilling: 'sold',
  Fulfilled: 'sold',
  FulfilmentUnknown: 'sold',
};

/** After every commit each pile is what the orders' states say, none is negative, and all together are what there was. */
export function stock({ around, checkouts: { goods, kit } }: Run): Violation[] {
  const piles = new Map(goods.map(({ sku, onHand }) => [sku, { onHand, reserved: 0, sold: 0 }]));
  const owed = new Map(goods.map(({ sku }) => [sku, { onHand: 0, reserved: 0, sold: 0 }]));
  const skus = new Map(goods.map(({ sku }) => [stockKey(sku).pk, sku]));
  const orders = new Map<string, { state: string; items: Line[] }>();
  const count = ({ state, items }: { state: string; items: Line[] }, sign: number) => {
    const pile = pileOf[state];
    for (const { sku, quantity } of pile ? items : [])
      (owed.get(sku) as Piles)[pile as 'sold'] += sign * quantity;
  };
  for (const { writes } of around.trace.of('committed')) {
    for (const write of writes) {
      const { table, pk, sk } = write.key;
      const good = piles.get(skus.get(pk) ?? '');
      if (table === 'inventory' && write.op === 'add' && good)
        for (const [pile, delta] of Object.entries(write.deltas)) good[pile as keyof Piles] += delta;
      if (write.op !== 'put' || sk !== 'record' || !pk.startsWith(`${kit.flow.name}#`)) continue;
      const { flowId, state, data } = recordOf(write.item);
      const now = { state, items: (data['items'] ?? []) as unknown as Line[] };
      const before = orders.get(flowId);
      if (before) count(before, -1);
      count(now, 1);
      orders.set(flowId, now);
    }
    for (const { sku, onHand } of goods) {
      const now = piles.get(sku) as Piles;
      const { reserved, sold } = owed.get(sku) as Piles;
      if (
        Object.values(now).every((n) => n >= 0) &&
        same(now, { onHand: onHand - reserved - sold, reserved, sold })
      )
        continue;
      const message = `${sku} is ${JSON.stringify(now)} of ${onHand}, and orders say ${JSON.stringify({ reserved, sold })}`;
      return [{ invariant: 9, message }];
    }
  }
  return [];
}

const committed = ({ notes }: Story) =>
  notes.flatMap(({ before, entry, step }) =>
    before ? [] : entry.effects.map((effect) => ({ effect, step })),
  );

const keysOf = (story: Story, kind: string) =>
  new Set(
    committed(story).flatMap(({ effect }) => (effect.kind === kind ? [effect.repeats ?? effect.id] : [])),
  );

const has = (moves: Move[], fact: string) => moves.some(({ last }) => last.facts.includes(fact));

/** How an order ends of which the bank has the money, and how one of which it has none. */
const paidEnds = ['Fulfilled', 'FulfilmentUnknown', 'Refunded', 'RefundFailed'];
const unpaidEnds = ['OutOfStock', 'PaymentFailed', 'Cancelled'];

/** Who has paid has the goods, or the money back, once and all of it, or a person looks after it. */
export function money(story: Story, all: Movement[]): string[] {
  const own = all.filter(({ paymentId }) => paymentId === story.flowId);
  const last = story.moves.at(-1)?.record;
  if (!last) return own.length > 0 ? ['the bank moved money for an order that does not exist'] : [];
  const total = (last.data['total'] as { value: number } | undefined)?.value ?? 0;
  const values = (kind: string) => own.flatMap((one) => (one.kind === kind ? [one.value] : []));
  const [captured, refunded] = [values('captured'), values('refunded')];
  if (captured.length === 0)
    return unpaidEnds.includes(last.state) ? [] : [`it is ${last.state}, and nobody has paid`];
  const errors: string[] = [];
  if (!same(captured, [total])) errors.push(`${captured} were captured, of ${total}`);
  if (!paidEnds.includes(last.state)) errors.push(`it is ${last.state}, and it was paid`);
  const back = last.state === 'Refunded' ? [total] : [];
  if (!same(refunded, back)) errors.push(`it is ${last.state}, and ${refunded} of ${captured} were refunded`);
  const keys = [...keysOf(story, 'checkout.refund')].flatMap((key) => [key, `${key}/2`]);
  const foreign = own.find(({ kind, key }) => kind === 'refunded' && !keys.includes(key));
  if (foreign) errors.push(`it was refunded under the key ${foreign.key}`);
  return errors;
}

/** There is one page, for all the goods, and what is asked for again is asked for under one key. */
export function onePage(story: Story, all: Session[]): string[] {
  const own = all.filter(({ client_reference_id: id }) => id === story.flowId);
  const { data } = story.moves.at(-1)?.record ?? { data: {} as JsonObject };
  const errors: string[] = [];
  if (own.length > 1) errors.push(`there are ${own.length} pages for it`);
  const total = (data['total'] as { value: number } | undefined)?.value;
  const page = own[0];
  if (page && page.amount_total !== total)
    errors.push(`its page says ${page.amount_total}, and it costs ${total}`);
  if (data['session'] !== undefined && data['session'] !== page?.id)
    errors.push(`it knows of the page ${data['session']}, which is none of its own`);
  for (const kind of ['checkout.create-session', 'checkout.refund']) {
    const keys = keysOf(story, kind);
    if (keys.size > 1) errors.push(`it asks for ${kind} under ${keys.size} keys`);
  }
  return errors;
}

/** Nothing is shipped but once, what was ordered, after it was paid, and on a command that was committed. */
export function shipped(story: Story, all: Movement[]): string[] {
  const parcels = story.outside.filter(({ does }) => does === 'ships');
  const paid = all.find(({ paymentId, kind }) => paymentId === story.flowId && kind === 'captured');
  const items = (story.moves.at(-1)?.record.data['items'] ?? []) as unknown as Line[];
  const ordered = items.map(({ sku, quantity }) => ({ sku, quantity }));
  const errors = parcels.length > 1 ? [`it was shipped ${parcels.length} times`] : [];
  for (const { detail, step, at } of parcels) {
    const isCommand = ({ kind, id }: Effect) => kind === 'fulfilment.command' && id === detail['id'];
    const command = committed(story).find(({ effect }) => isCommand(effect));
    if (!command || command.step >= step)
      errors.push(`it was shipped as ${detail['id']}, which nobody commanded`);
    if (!paid || Date.parse(paid.at) > at) errors.push('it was shipped before it was paid');
    if (!same(detail['items'], ordered)) errors.push(`${JSON.stringify(detail['items'])} were shipped`);
  }
  return errors;
}

/** No money goes back while the goods may be under way: unless somebody has said that they are not. */
export function notUnderWay(story: Story): string[] {
  return story.moves.flatMap(({ last, step }) => {
    if (last.to !== 'Refunding' || last.from === 'Refunding') return [];
    if (['Cancelled', 'PaymentFailed'].includes(last.from)) return [];
    const before = story.outside.filter((one) => one.step <= step);
    const handed = story.performed.some(({ detail }) => 'items' in detail);
    if (last.type === 'CommandSendingFailed')
      return handed ? ['it is refunded, though the warehouse may have the command'] : [];
    const [who] = last.eventId.split('/');
    const said = before.some(
      (one) => one.who === who && one.does === 'tells' && one.detail['type'] === 'FulfilmentRejected',
    );
    return last.type === 'FulfilmentRejected' && said
      ? []
      : [`it is refunded on ${last.type}, said by nobody`];
  });
}

/** What was told of the goods is known: where they went out and the money went back, that is said, too. */
export function bothKnown({ moves, outside, flowId }: Story, forbidden: string[]): string[] {
  const told = outside.some(({ does, detail }) => does === 'tells' && detail['type'] === 'OrderFulfilled');
  const state = moves.at(-1)?.record.state ?? '';
  const isRefunded = moves.some(({ last }) => last.to === 'Refunding');
  if (forbidden.includes(flowId) && moves.some(({ last }) => last.eventId.includes('forbidden')))
    return ['it believed what nobody may tell'];
  if (!told) return isRefunded || state !== 'Fulfilled' ? [] : ['it is fulfilled, and nobody has said so'];
  if (isRefunded) {
    return has(moves, 'FulfilledAfterRefund')
      ? []
      : ['the goods went out and the money went back, and nobody knows'];
  }
  return state === 'Fulfilled' ? [] : [`it is ${state}, and the goods went out`];
}

/** Facts at which a person must look. */
const alarming = ['WarehouseSilent', 'FulfilledAfterRefund', 'RefundRefused'];

/** What a person must look at is an alarm, each alarm is raised, and none that was not committed. */
export function alarms(story: Story, all: Happened[]): string[] {
  const raised = all.flatMap((one) =>
    one.what === 'signal' && one.signal.type === 'alarm' && one.signal.flowId === story.flowId
      ? [{ reason: one.signal.reason, step: one.step }]
      : [],
  );
  const asked = committed(story).flatMap(({ effect: { kind, reason }, step }) =>
    kind === 'alarm' ? [{ reason: String(reason), step }] : [],
  );
  const silent = story.moves.flatMap(({ last: { facts }, step }) =>
    facts.filter(
      (fact) => alarming.includes(fact) && !asked.some((one) => one.reason === fact && one.step === step),
    ),
  );
  const missing = asked.filter(
    (one) => !raised.some(({ reason, step }) => reason === one.reason && step > one.step),
  );
  const idle = raised.filter(
    (one) => !asked.some(({ reason, step }) => reason === one.reason && step < one.step),
  );
  return [
    ...silent.map((fact) => `there is no alarm for ${fact}`),
    ...missing.map(({ reason }) => `nobody was told: ${reason}`),
    ...idle.map(({ reason }) => `an alarm for nothing: ${reason}`),
  ];
}

/** Of what other systems tell, what they may not is refused, and nothing else; the rest is taken. */
export function heard({ checkouts: { mailbag } }: Run): string[] {
  const { refused, forbidden, forgotten } = mailbag;
  const errors = forgotten.map((flowId) => `a message about ${flowId} was forgotten`);
  return same(refused, forbidden)
    ? errors
    : [...errors, `refused were ${refused}, and should have been ${forbidden}`];
}

/** Whoever was asked has said no where it is taken for one: used up attempts are none. */
export function noWithoutAWord({ moves, performed }: Story): string[] {
  return moves.flatMap(({ last: { type, eventId }, step }) => {
    if (type !== 'RefundDeclined' && type !== 'PaymentSessionFailed') return [];
    const said = performed.some(
      (one) => `${one.effectId}/result` === eventId && one.step <= step && one.detail['answer'] === type,
    );
    return said ? [] : [`${type} was said by nobody`];
  });
}

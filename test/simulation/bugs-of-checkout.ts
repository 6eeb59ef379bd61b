/** Deliberate bugs of which orders tell: only their day is looked at. */
import type { Edit } from './bugs.ts';

const definition = 'state-definitions/checkout.asl.json';
const provider = 'flows/checkout/payments.ts';

/** Another way for an event in a state. */
function reroute(state: string, event: string, from: string, to: string): Edit[] {
  const row = (next: string) => `              "StringEquals": "${event}"
            },
            {
              "Variable": "$.flow.state",
              "StringEquals": "${state}"
            }
          ],
          "Next": "${next}"`;
  return [{ file: definition, from: row(from), to: row(to) }];
}

export const checkoutBugs: { [name: string]: Edit[] } = {
  'set goods apart without a condition': [
    {
      file: 'flows/checkout/inventory.ts',
      from: 'if: { atLeast: { onHand: quantity }, equals: { price } },',
      to: '',
    },
  ],
  'put back from the wrong pile what was sold': [
    {
      file: 'flows/checkout/inventory.ts',
      from: "export const restock = move('sold', 'onHand');",
      to: `export const restock = (items: readonly OrderItem[]): Write[] =>
        items.map(({ sku, quantity }) => ({ op: 'add', key: stockKey(sku), deltas: { reserved: -quantity, onHand: quantity } }));`,
    },
  ],
  'sell without taking from what is set apart': [
    {
      file: 'flows/checkout/inventory.ts',
      from: "export const commit = move('reserved', 'sold');",
      to: `export const commit = (items: readonly OrderItem[]): Write[] =>
        items.map(({ sku, quantity }) => ({ op: 'add', key: stockKey(sku), deltas: { sold: quantity } }));`,
    },
  ],
  'keep goods apart for nobody': [
    {
      file: 'flows/checkout/actions/release-inventory.ts',
      from: 'writes: release(items)',
      to: 'writes: release(items.slice(1))',
    },
  ],
  'put goods back again when a page of a cancelled order has ended': reroute(
    'Cancelled',
    'PaymentExpired',
    'Cancelled',
    'ReleaseInventory',
  ),
  'ask for another page with each request': [
    {
      file: 'flows/checkout/actions/create-payment-session.ts',
      from: '...(earlier && { repeats: earlier.effectId })',
      to: '...{}',
    },
  ],
  'drop a payment that comes before its page': reroute(
    'CreatingPayment',
    'PaymentSucceeded',
    'Deferred',
    'NotAllowed',
  ),
  'ship on a payment that was declined': reroute(
    'AwaitingPayment',
    'PaymentDeclined',
    'ReleaseInventory',
    'CommitInventory',
  ),
  'take money that is on its way for money': [
    {
      file: 'adapters/stripe/session.ts',
      from: "return { status: failed ? 'declined' : 'processing' };",
      to: "return { status: failed ? 'declined' : 'paid' };",
    },
  ],
  'take every completed page for a paid one': [
    {
      file: 'adapters/stripe/webhook.ts',
      from: "sessionState({ ...session, status: 'complete' }),",
      to: "sessionState({ ...session, status: 'complete', payment_status: 'paid' }),",
    },
  ],
  'not care how a page ended that was closed': [
    {
      file: provider,
      from: 'if (event) return { event };',
      to: 'if (event || !event) return { done: true };',
    },
  ],
  'inquire without asking the provider': [
    { file: provider, from: 'return event ? { event } : { done: true };', to: 'return { done: true };' },
  ],
  'send money back under a new key each time': [
    {
      file: provider,
      from: 'const first = await gateway.send(request, { ...call, key });',
      to: "const first = await gateway.send(request, { ...call, key: key + '/' + now });",
    },
  ],
  'ask for another refund with each request': [
    {
      file: 'flows/checkout/actions/refund-payment.ts',
      from: '...(earlier && { repeats: earlier.effectId }),',
      to: '',
    },
  ],
  'send back half of the money': [
    {
      file: 'flows/checkout/actions/refund-payment.ts',
      from: 'paid, amount: total, since',
      to: 'paid, amount: { ...total, value: Math.ceil(total.value / 2) }, since',
    },
  ],
  'take a refund on its way for one that has come': [
    {
      file: provider,
      from: "if (first.status === 'undecided' || found.status === 'undecided') return { done: true };",
      to: "if (first.status === 'undecided') return refundEvent({ status: 'done', authorization });",
    },
  ],
  'take used up attempts for a no to a refund': [
    {
      file: provider,
      from: "failure === 'permanent' ? { type: 'RefundDeclined'",
      to: "failure !== ('nothing' as string) ? { type: 'RefundDeclined'",
    },
  ],
  'take a no for certain that speaks of one try alone': [
    {
      file: 'core/bookkeeping.ts',
      from: "const says = last.failure === 'permanent' && !unkeyed;",
      to: "const says = last.failure === 'permanent';",
    },
  ],
  'send the money back when the warehouse says nothing': [
    {
      file: definition,
      from: `"StringEquals": "WarehouseSilent",
          "Next": "FulfilmentUnknown"`,
      to: `"StringEquals": "WarehouseSilent",
          "Next": "RestockInventory"`,
    },
  ],
  'ask the warehouse for ever': [
    {
      file: 'flows/checkout/actions/ask-warehouse.ts',
      from: 'if (asked >= settings.inquiries)',
      to: 'if (asked < 0)',
    },
  ],
  'name an order anew with each command': [
    { file: 'flows/checkout/fulfilment.ts', from: 'id: command ?? effect.id,', to: 'id: effect.id,' },
  ],
  'send other goods than were ordered': [
    {
      file: 'flows/checkout/actions/send-fulfilment-command.ts',
      from: 'items: piecesOf(data.items), notAfter',
      to: 'items: piecesOf(data.items.slice(0, 1)), notAfter',
    },
  ],
  'give up an alarm': [{ file: 'core/alarm.ts', from: 'persistent: true,', to: '' }],
  'keep to oneself that the goods went out and the money went back': [
    {
      file: 'flows/checkout/actions/note-fulfilment.ts',
      from: "effects: [alarm('FulfilledAfterRefund')]",
      to: 'effects: []',
    },
  ],
  'keep to oneself that the warehouse says nothing': [
    {
      file: 'flows/checkout/actions/ask-warehouse.ts',
      from: "return { outcome: 'WarehouseSilent', effects: [alarm('WarehouseSilent')] };",
      to: "return { outcome: 'WarehouseSilent' };",
    },
  ],
  'let sources use up the ids of others': [
    { file: 'core/intake.ts', from: 'id: `${source}/${event.id}` };', to: 'id: event.id };' },
  ],
  'take a message for another one each time': [
    {
      file: 'core/intake.ts',
      from: 'id: `${source}/${event.id}` };',
      to: 'id: `${source}/${event.id}/${++takes}` };',
    },
    { file: 'core/intake.ts', from: '/** Of ids; a type', to: 'let takes = 0;\n/** Of ids; a type' },
  ],
  'let a source tell what it may not': [
    {
      file: 'core/intake.ts',
      from: 'if (!flow || !allowed?.[name]?.includes(event.type))',
      to: 'if (!flow)',
    },
  ],
  'forget a message that could not be taken': [
    {
      file: 'core/intake.ts',
      from: "case 'unavailable':\n      case 'conflict':\n        return 'again';",
      to: "case 'unavailable':\n      case 'conflict':\n        return 'done';",
    },
  ],
};

/** What an order costs: placed, paid, commanded to the warehouse, fulfilled. */
import { createCheckouts } from '../test/support/checkouts.ts';
import { temporaryTable } from '../test/support/tables.ts';
import { type Bill, printBill } from './bill.ts';
import { countingTable } from './counting-table.ts';

/** As long as the API's own. */
const ID = 'order-with-22-letters!';
/** As long as Stripe's, and its address. */
const SESSION = `cs_live_${'a'.repeat(58)}`;
const URL = `https://checkout.stripe.com/c/pay/${SESSION}#${'f'.repeat(360)}`;

/** Prints the bill of one order. */
export async function costOfOrder(): Promise<void> {
  printBill(await billOfOrder());
}

/** Runs one order through the engine. */
export async function billOfOrder(): Promise<Bill> {
  const own = temporaryTable();
  try {
    const counted = countingTable(own.table);
    const session = async () => ({ status: 'open' as const });
    const checkouts = createCheckouts({
      table: counted.table,
      provider: {
        createSession: async () => ({ status: 'created', session: SESSION, url: URL }),
        ...{ expireSession: session, readSession: session },
      },
    });
    const { deliverer, flow } = checkouts;
    await checkouts.fill();
    counted.requests.length = 0;

    const deliver = async (type: string, payload: object, fresh = false) => {
      const event = { id: `event-of-22-${type}`.slice(0, 22), type, payload: payload as never };
      await deliverer.deliver({ flow, flowId: ID, event, ...(fresh && { fresh }) });
      await performed(checkouts);
    };
    // As the API delivers a request without an Idempotency-Key.
    await deliver(
      'OrderPlaced',
      { items: [{ sku: 'mug', quantity: 2 }], email: 'customer@example.com' },
      true,
    );
    // The shop looks for the page once.
    await deliverer.load(flow, ID);
    await deliver('PaymentSucceeded', { session: SESSION, payment: 'pi_of-about-27-characters-x' });
    await deliver('OrderFulfilled', {});

    const executions = checkouts.signals.filter(({ type }) => type === 'delivered').length;
    const { length: entries } = await checkouts.items(ID);
    // Placing, looking, the webhook; the report comes over its queue.
    const httpRequests = 3;
    const reports = 1;
    return {
      flow: 'checkout',
      requests: counted.requests,
      counted: {
        executions,
        lambdaInvocations: checkouts.calls.length + httpRequests + reports + entries,
        httpRequests,
        // The command is sent; the report is received and deleted.
        queueRequests: 3,
      },
      without: 'the fees of the provider',
    };
  } finally {
    own.close();
  }
}

/** Hands every new entry to the relay, as the stream does: each once. */
async function performed({ items, relay }: ReturnType<typeof createCheckouts>): Promise<void> {
  for (const item of await items(ID)) if (item['revision'] === 0) await relay.handle(item);
}

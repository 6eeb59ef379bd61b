/** What a payment costs: authorised, captured, and each of its transitions told to the bus. */
import { createPayments, order } from '../test/support/payments.ts';
import { temporaryTable } from '../test/support/tables.ts';
import { type Bill, printBill } from './bill.ts';
import { countingTable } from './counting-table.ts';

/** As long as the API's own. */
const ID = 'payment-22-characters!';
const MERCHANT = 'merchant-4711';

/** Prints the bill of one payment. */
export async function costOfPayment(): Promise<void> {
  printBill(await billOfPayment());
}

/** Runs one payment through the engine. */
export async function billOfPayment(): Promise<Bill> {
  const own = temporaryTable();
  try {
    const counted = countingTable(own.table);
    const yes = async () => ({ status: 'done' as const, authorization: 'pi_of-about-27-characters-x' });
    const payments = createPayments({ table: counted.table, gateway: { send: yes, find: yes } });
    const { deliverer, flow } = payments;
    const requests = ['PaymentCreated', 'Authorize', 'Capture'];
    for (const [n, type] of requests.entries()) {
      const event = {
        id: `event-of-22-character${n}`,
        type,
        payload: n === 0 ? { ...order, merchant: MERCHANT } : {},
      };
      // As the API delivers a request without an Idempotency-Key; the first one need not look for what is there.
      await deliverer.deliver({ flow, flowId: ID, event, ...(n === 0 && { fresh: true }) });
      await told(payments);
    }
    const executions = payments.signals.filter(({ type }) => type === 'delivered').length;
    const { length: transitions } = await payments.entries(ID);
    return {
      flow: 'payment',
      requests: counted.requests,
      counted: {
        executions,
        // One for each action, for each request, and for each entry: the relay's batches of one.
        lambdaInvocations: payments.calls.length + requests.length + transitions,
        httpRequests: requests.length,
        busEvents: payments.published.length,
      },
      without: 'the fees of the gateway',
    };
  } finally {
    own.close();
  }
}

/** Hands every new entry to the relay, as the stream does: each once. */
async function told(payments: ReturnType<typeof createPayments>): Promise<void> {
  for (let version = 1; ; version++) {
    const item = (await payments.items(ID))[version - 1];
    if (!item) return;
    if (item['revision'] === 0) await payments.relay.handle(item);
  }
}

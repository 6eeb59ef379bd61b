/** What a login costs. */
import { demoUser } from '../local/users.ts';
import { temporaryTable } from '../test/support/tables.ts';
import { createWorld } from '../test/support/world.ts';
import { type Bill, million, print, printBill } from './bill.ts';
import { countingTable } from './counting-table.ts';
import { prices } from './prices.ts';

/**
 * The same login as one Standard execution, to the same point: the session is there. Every state entered is a transition; the wait
 * for the code is one with a task token. What it waits in afterwards, and its end, come on top, as ours do.
 */
export const standardTransitions = [
  'Start',
  'VerifyPassword',
  'PasswordOutcome',
  'SendOtpSms (task token)',
  'VerifyOtp',
  'OtpOutcome',
  'MintSession',
];

/** As long as the API's own. */
const ID = 'login-of-22-characters';

/** Prints the bill of one login. */
export async function costOfLogin(): Promise<void> {
  printBill(await billOfLogin());
  print(
    '  transitions of a Standard execution alone',
    million(standardTransitions.length * prices.standardTransition),
  );
}

/** Runs one login through the engine, from the password to the session. */
export async function billOfLogin(): Promise<Bill> {
  const own = temporaryTable();
  try {
    const counted = countingTable(own.table);
    const world = await createWorld({ table: counted.table });
    counted.requests.length = 0;
    const payload = { username: demoUser.username, password: demoUser.password, source: '192.0.2.1' };
    const event = { id: 'event-of-22-characters', type: 'LoginRequested', payload };
    // As the API delivers a request without an Idempotency-Key; with one it loads the record first, 1 read unit more.
    await world.deliverer.deliver({ flow: world.flow, flowId: ID, event, fresh: true });
    await world.relayAll(ID);
    await world.tell(ID, 'OtpSubmitted', { code: world.code() });
    const executions = world.signals.filter(({ type }) => type === 'delivered').length;
    const record = await own.table.read({ table: 'flows', pk: `mfa-login#${ID}`, sk: 'record' });
    const trail = (record?.['trail'] ?? []) as { facts: string[] }[];
    return {
      flow: 'login',
      requests: counted.requests,
      counted: {
        executions,
        // One for each action, for each request, and for the relay's batch.
        lambdaInvocations: trail.flatMap(({ facts }) => facts).length + executions + 1,
        httpRequests: executions,
      },
      without: 'the SMS and the hashing of passwords',
    };
  } finally {
    own.close();
  }
}

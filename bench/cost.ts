/** `npm run bench:cost`: what a login costs on AWS, from the work that the engine really does for one. */

import { demoUser } from '../local/users.ts';
import { temporaryTable } from '../test/support/tables.ts';
import { createWorld } from '../test/support/world.ts';
import { countingTable, nameOf, sumOf } from './counting-table.ts';

/** US dollars, us-east-1, on demand, without free tiers; AWS price pages, read in November 2026. */
const prices = {
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  expressRequest: 1e-6,
  expressGigabyteSecond: 0.00001667,
  lambdaRequest: 0.2e-6,
  lambdaGigabyteSecond: 0.0000133334,
  httpRequest: 1e-6,
  standardTransition: 25e-6,
};

/** Express is billed by 100 ms and 64 MB; a Lambda by its time and memory. Assumed; measured once it runs on AWS. */
const assumed = { expressSeconds: 0.2, expressGigabytes: 0.0625, lambdaSeconds: 0.05, lambdaGigabytes: 0.25 };

/** The same login as one Standard execution parked on a task token: every state entered is a transition. */
const standardTransitions = [
  'Start',
  'VerifyPassword',
  'PasswordOutcome',
  'SendOtpSms (task token)',
  'VerifyOtp',
  'OtpOutcome',
  'MintSession',
  'LoggedIn (task token)',
  'LoggedOut',
];

/** As long as the API's own. */
const ID = 'login-of-22-characters';

const own = temporaryTable();
const counted = countingTable(own.table);
const world = await createWorld({ table: counted.table });
try {
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
  // One for each action, for each request, and for the relay's batch.
  const invocations = trail.flatMap(({ facts }) => facts).length + executions + 1;
  const isRead = ([first]: (typeof counted.requests)[number]) => first?.what === 'read';
  const reads = counted.requests.filter(isRead).flat();
  const transactions = counted.requests.filter((request) => !isRead(request));
  const writes = transactions.flat();

  const cost = {
    DynamoDB: sumOf(writes) * prices.writeUnit + sumOf(reads) * prices.readUnit,
    'Step Functions Express':
      executions *
      (prices.expressRequest +
        assumed.expressSeconds * assumed.expressGigabytes * prices.expressGigabyteSecond),
    Lambda:
      invocations *
      (prices.lambdaRequest + assumed.lambdaSeconds * assumed.lambdaGigabytes * prices.lambdaGigabyteSecond),
    'API Gateway': executions * prices.httpRequest,
  };
  const total = Object.values(cost).reduce((sum, one) => sum + one, 0);
  const print = (name: string, value = '') =>
    process.stdout.write(`${name.padEnd(64)}${value.padStart(8)}\n`);
  const dollars = (one: number) => `$${(one * 1e6).toFixed(2)}`;
  print('one login, in order: units of DynamoDB, those of the index among them');
  for (const request of counted.requests) {
    const [first] = request;
    if (!first) continue;
    if (request.length > 1) print('  transaction', String(sumOf(request)));
    for (const line of request) {
      const name = `${line.what} ${nameOf(line)}${line.index > 0 ? `, index ${line.index}` : ''}`;
      print(request.length > 1 ? `    ${name}` : `  ${name}`, String(line.units));
    }
  }
  print('counted for one login');
  print('  transactions and single writes', String(transactions.length));
  print('  items written or checked', String(writes.length));
  print('  write units, index included', String(sumOf(writes)));
  print('  read units', String(sumOf(reads)));
  print('  executions of the definition', String(executions));
  print('  Lambda invocations', String(invocations));
  print('for a million logins, without the SMS itself');
  for (const [name, one] of Object.entries(cost)) print(`  ${name}`, dollars(one));
  print('  together', dollars(total));
  print(
    '  transitions of a Standard execution alone',
    dollars(standardTransitions.length * prices.standardTransition),
  );
} finally {
  own.close();
}

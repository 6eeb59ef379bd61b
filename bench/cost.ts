/** `npm run bench:cost`: what a login costs on AWS, from the work that the engine really does for one. */

import { demoUser } from '../local/users.ts';
import { temporaryTable } from '../test/support/tables.ts';
import { createWorld } from '../test/support/world.ts';
import { countingTable, nameOf, sumOf } from './counting-table.ts';
import { dollarsOf, prices, sumOfDollars } from './prices.ts';

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

  const dollars = dollarsOf({
    writeUnits: sumOf(writes),
    readUnits: sumOf(reads),
    executions,
    lambdaInvocations: invocations,
    httpRequests: executions,
  });
  const print = (name: string, value = '') =>
    process.stdout.write(`${name.padEnd(64)}${value.padStart(8)}\n`);
  const million = (one: number) => `$${(one * 1e6).toFixed(2)}`;
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
  print('for a million logins, without the SMS and the hashing of passwords');
  for (const [sure, group] of Object.entries(dollars)) {
    for (const [name, one] of Object.entries(group)) print(`  ${name} (${sure})`, million(one));
  }
  print('  together', million(Object.values(dollars).reduce((sum, group) => sum + sumOfDollars(group), 0)));
  print(
    '  transitions of a Standard execution alone',
    million(standardTransitions.length * prices.standardTransition),
  );
} finally {
  own.close();
}

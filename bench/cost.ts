/** `npm run bench:cost`: what a login costs on AWS, from the work that the engine really does for one. */

import { temporaryTable } from '../test/support/tables.ts';
import { createWorld } from '../test/support/world.ts';
import { countingTable } from './counting-table.ts';

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

const own = temporaryTable();
const counted = countingTable(own.table);
const world = await createWorld({ table: counted.table });
try {
  Object.assign(counted.work, { transactions: 0, writes: 0, writeUnits: 0, readUnits: 0 });
  await world.begin('login');
  await world.relayAll('login');
  await world.tell('login', 'OtpSubmitted', { code: world.code() });
  const executions = world.signals.filter(({ type }) => type === 'delivered').length;
  const record = await own.table.read({ table: 'flows', pk: 'mfa-login#login', sk: 'record' });
  const trail = (record?.['trail'] ?? []) as { facts: string[] }[];
  // One for each action, for each request, and for the relay's batch.
  const invocations = trail.flatMap(({ facts }) => facts).length + executions + 1;
  const { work } = counted;

  const cost = {
    DynamoDB: work.writeUnits * prices.writeUnit + work.readUnits * prices.readUnit,
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
  const print = (name: string, value: string) =>
    process.stdout.write(`${name.padEnd(44)}${value.padStart(10)}\n`);
  const dollars = (one: number) => `$${(one * 1e6).toFixed(2)}`;
  print('counted for one login', '');
  print('  transactions and single writes', String(work.transactions));
  print('  items written', String(work.writes));
  print('  write units, index included', String(work.writeUnits));
  print('  read units', String(work.readUnits));
  print('  executions of the definition', String(executions));
  print('  Lambda invocations', String(invocations));
  print('for a million logins, without the SMS itself', '');
  for (const [name, one] of Object.entries(cost)) print(`  ${name}`, dollars(one));
  print('  together', dollars(total));
  print(
    '  transitions of a Standard execution alone',
    dollars(standardTransitions.length * prices.standardTransition),
  );
} finally {
  own.close();
}

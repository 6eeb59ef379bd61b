/** `npm run operator`: what a person has found out about an instance, told to it as an event. */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { sqsClient } from '../adapters/aws/clients.ts';
import { createSqsSender } from '../adapters/aws/sqs-queue.ts';
import { sources } from '../flows/checkout/sources.ts';
import { command, say, UsageError } from './command.ts';
import { askRunning } from './running.ts';
import { outputOf } from './stack.ts';

const allowed = Object.entries(sources['operator'] ?? {}).flatMap(([flow, types]) =>
  types.map((type) => `${flow} ID ${type}`),
);

const HELP = `Tells an instance what a person has found out, where nobody else says it.

  npm run -s operator -- FLOW ID EVENT [--stack NAME | --data-dir DIR]

  --stack NAME    a stack that has been deployed, such as Detent-production: goes through its queue
  --data-dir DIR  the data folder of an embedded process that runs; by default .data

What may be told: ${allowed.join('; ')}.
Look first: of an order whose money went back nobody asks the warehouse any more.
The exit status is 0 where it was taken, 2 where not.
`;

const text = { type: 'string' } as const;

await command(HELP, async (args) => {
  const options = { stack: text, 'data-dir': text };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [flow = '', flowId = '', type = '', ...more] = positionals;
  if (more.length > 0 || flowId === '' || !sources['operator']?.[flow]?.includes(type))
    throw new UsageError(`Say what: ${allowed.join('; ')}.`);
  const { stack, 'data-dir': dataDir } = values;
  if (stack !== undefined && dataDir !== undefined) throw new UsageError('Name one: --stack or --data-dir.');
  const body = { flow, flowId, event: { id: randomUUID(), type, payload: {} } };
  if (stack === undefined) {
    await askRunning(dataDir ?? '.data', 'POST', '/dev/operator', body);
    say('It was taken. The instance shows what became of it.');
    return 0;
  }
  const queue = createSqsSender(sqsClient(), await outputOf(stack, 'OperatorEvents'));
  await queue.send({ id: body.event.id, body, signal: AbortSignal.timeout(10_000) });
  say(
    'It is in the queue. The instance shows what becomes of it; what cannot be taken ends in the dead letters.',
  );
  return 0;
});

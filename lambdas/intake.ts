/** Queues that other systems send to → the intake: what they report becomes events of instances. */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createIntake, type Taken } from '../core/intake.ts';
import { sources } from '../flows/checkout/sources.ts';
import { createEngine } from './engine.ts';
import { byName, environmentOf } from './environment.ts';
import { wrapped } from './middleware.ts';

const environment = environmentOf('intake');
const engine = createEngine(environment, {});
const take = createIntake({ ...engine, deliver: engine.deliverer.deliver, sources });
const sourceOf = byName(environment.INTAKE_SOURCES);

/** Who sent it is known by the queue, which not everybody may send to; a message can say what it likes. */
const taken = ({ eventSourceARN, body }: SQSRecord) => take(sourceOf[eventSourceARN] ?? 'unknown', body);

const isOver = (one: Taken): boolean => one === 'done' || one === 'late';

/**
 * All at once, each for itself. What is not done comes again, and after some times goes to the dead letters: there a person looks at
 * what never can be taken.
 */
export const handler = wrapped(async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed = await Promise.all(
    Records.map(async (record) => (isOver(await taken(record)) ? [] : [record.messageId])),
  );
  return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
});

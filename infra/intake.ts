import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type EngineProps, engineEnvironment } from './engine.ts';
import { allowDeliver, allowTake } from './grants.ts';
import { nodeFunction } from './node-function.ts';

/** Queues of other systems → a function that delivers what they report of orders. */
export class Intake extends Construct {
  readonly handler: IFunction;

  constructor(scope: Construct, id: string, props: EngineProps) {
    super(scope, id);
    const { stage, bundles, tables, flows, queues } = props;
    // Names of the sources in flows/checkout/sources.ts, which says what each may report.
    const sources = { warehouse: queues.replies.queue, operator: queues.operators.queue };
    const names = Object.entries(sources).map(([name, { queueArn }]) => [queueArn, name]);
    const handler = nodeFunction(this, 'Function', {
      ...{ stage, bundles },
      entry: 'intake',
      environment: {
        ...engineEnvironment(props),
        INTAKE_SOURCES: JSON.stringify(Object.fromEntries(names)),
      },
      timeout: Duration.seconds(30),
      memorySize: 256,
      description: 'Delivers what the warehouse and operators report',
    });
    allowDeliver(handler, tables, [flows.checkout]);
    for (const [name, queue] of Object.entries(sources)) {
      allowTake(handler, queue);
      handler.addEventSourceMapping(name, {
        eventSourceArn: queue.queueArn,
        batchSize: 10,
        reportBatchItemFailures: true,
      });
    }
    this.handler = handler;
  }
}

import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type EngineProps, engineEnvironment } from './engine.ts';
import { allowDeliver } from './grants.ts';
import { nodeFunction } from './node-function.ts';

/** What the payment provider tells by itself → a function of its own: no other knows the secret that it signs with. */
export class Webhooks extends Construct {
  readonly handler: IFunction;

  constructor(scope: Construct, id: string, props: EngineProps) {
    super(scope, id);
    const { stage, bundles, tables, secrets, flows } = props;
    const handler = nodeFunction(this, 'Function', {
      ...{ stage, bundles },
      entry: 'webhooks',
      environment: { ...engineEnvironment(props), SECRET_WEBHOOK: secrets.webhook },
      // The gateway gives up after 30 s.
      timeout: Duration.seconds(29),
      memorySize: 512,
      description: 'Webhooks: delivers what the payment provider tells of orders',
    });
    allowDeliver(handler, tables, [flows.checkout]);
    this.handler = handler;
  }
}

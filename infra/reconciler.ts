import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type EngineProps, effectsEnvironment, engineEnvironment } from './engine.ts';
import { allowDeliver, allowDue, allowPublish, allowSend, allowSms } from './grants.ts';
import { nodeFunction } from './node-function.ts';

/** Every minute → one pass over everything that is overdue. */
export class Reconciler extends Construct {
  readonly handler: IFunction;

  constructor(scope: Construct, id: string, props: EngineProps) {
    super(scope, id);
    const { stage, bundles, tables, secrets, flows, facts, queues } = props;
    const handler = nodeFunction(this, 'Function', {
      ...{ stage, bundles },
      entry: 'reconciler',
      environment: { ...engineEnvironment(props), ...effectsEnvironment(props), SECRET_OTP: secrets.otp },
      // A long pass may overlap with the next: everything in it may happen twice.
      timeout: Duration.minutes(5),
      memorySize: 256,
      description: 'Re-drives whatever is overdue',
    });
    allowDeliver(handler, tables, Object.values(flows));
    allowDue(handler, tables);
    allowSms(handler);
    allowPublish(handler, facts);
    allowSend(handler, queues.commands.queue);
    this.handler = handler;

    // A pass that failed is not repeated: the next one comes within a minute and finds the same, and more.
    const unrepeated = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
    handler.configureAsyncInvoke(unrepeated);
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(handler, unrepeated)],
    });
  }
}

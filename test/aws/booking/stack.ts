/**
 * A second flow, for what a login does not use: a journal, deferred events, domain writes. Its state machine and its actions
 * are deployed; events are delivered by the process of the tests.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { bundleEntry } from '../../../infra/bundle.ts';
import { bundles } from '../../../infra/paths.ts';
import { booking, bookingActions } from '../../simulation/flows/booking.ts';

const handler = fileURLToPath(new URL('handler.ts', import.meta.url));
/** Beside the bundles of the product. */
const bundled = `${dirname(bundles)}/test/booking/index.mjs`;

/** Makes the bundle of the actions' functions; to be called before the stack is made. */
export const bundleBooking = () => bundleEntry(handler, bundled);

const removalPolicy = RemovalPolicy.DESTROY;

export class BookingStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'A flow of the tests: seats at a venue' });
    const common = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy,
    };
    const flows = new Table(this, 'Flows', common);
    flows.addGlobalSecondaryIndex({
      indexName: 'due',
      partitionKey: { name: 'shard', type: AttributeType.STRING },
      sortKey: { name: 'dueAt', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    const seats = new Table(this, 'Seats', common);

    const functions = bookingActions.map(({ name, reads }) => {
      const made = new LambdaFunction(this, name, {
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        code: Code.fromAsset(dirname(bundled)),
        handler: 'index.handler',
        timeout: Duration.seconds(7),
        memorySize: 512,
        environment: { ACTION: name, ...(reads && { TABLE_SEATS: seats.tableName }) },
      });
      if (reads) seats.grantReadData(made);
      return [name, made] as const;
    });

    const { stateMachineArn, role } = new StateMachine(this, 'StateMachine', {
      stateMachineType: StateMachineType.EXPRESS,
      definitionBody: DefinitionBody.fromString(JSON.stringify(booking.definition, placeholder)),
      definitionSubstitutions: Object.fromEntries(
        functions.map(([name, { functionArn }]) => [name, functionArn]),
      ),
    });
    for (const [, made] of functions) made.grantInvoke(role);

    new CfnOutput(this, 'BookingFlows', { value: flows.tableName });
    new CfnOutput(this, 'BookingSeats', { value: seats.tableName });
    new CfnOutput(this, 'BookingStateMachine', { value: stateMachineArn });
  }
}

/** In the simulation a Task names its action; here that stands for the ARN of the action's function. */
const placeholder = (key: string, value: unknown): unknown =>
  key === 'FunctionName' ? `\${${value}}` : value;

/** Who may do what, spelled out: no action and no resource beyond what the code behind it calls. */
import { Aws } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Flow } from './flow.ts';
import type { TableName } from './node-function.ts';
import type { Tables } from './tables.ts';

function allow(grantee: IGrantable, actions: string[], resources: string[], partitions?: string): void {
  // Without the partition key in the request there is nothing that could be allowed.
  const conditions = partitions && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] } };
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }),
  );
}

/** The partitions of `users` that count failures; the others hold password hashes and phone numbers. */
export const FAILURES = 'failures#*';

/** One item at a time. @param partitions only those whose key is like this. */
export const allowRead = (grantee: IGrantable, table: TableName, partitions?: string): void =>
  allow(grantee, ['dynamodb:GetItem'], [table.tableArn], partitions);

/**
 * What delivering an event takes: the record and its entry, the domain writes of the actions (without reading them), one
 * execution of the definition.
 */
export function allowDeliver(
  grantee: IGrantable,
  { flows, users, quotas }: Tables,
  machines: readonly Flow[],
): void {
  allow(grantee, ['dynamodb:GetItem', 'dynamodb:PutItem'], [flows.tableArn]);
  allow(
    grantee,
    ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
    [users.tableArn],
    FAILURES,
  );
  allow(grantee, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], [quotas.tableArn]);
  allow(
    grantee,
    ['states:StartSyncExecution'],
    machines.map(({ stateMachineArn }) => stateMachineArn),
  );
}

/** All entries of an instance: its history. */
export const allowHistory = (grantee: IGrantable, { flows }: Tables): void =>
  allow(grantee, ['dynamodb:Query'], [flows.tableArn]);

/** Telling others what has happened. */
export const allowPublish = (grantee: IGrantable, { eventBusArn }: Pick<IEventBus, 'eventBusArn'>): void =>
  allow(grantee, ['events:PutEvents'], [eventBusArn]);

/** What the reconciler looks through. */
export const allowDue = (grantee: IGrantable, { flows }: Tables): void =>
  allow(grantee, ['dynamodb:Query'], [`${flows.tableArn}/index/due`]);

/** What Lambda needs to read the change stream on the function's behalf. */
export function allowStream(grantee: IGrantable, streamArn: string): void {
  allow(
    grantee,
    ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    [streamArn],
  );
  // It has no resources; Lambda refuses the mapping without it.
  allow(grantee, ['dynamodb:ListStreams'], ['*']);
}

/** A phone number is no resource: all that is not a topic, an application or an endpoint. */
export function allowSms(grantee: IGrantable): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['sns:Publish'],
      notResources: [`arn:${Aws.PARTITION}:sns:*:*:*`],
    }),
  );
}

/** Who may do what, spelled out: no action and no resource beyond what the code behind it calls. */
import { Aws } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Flow } from './flow.ts';
import type { TableName } from './node-function.ts';
import type { Tables } from './tables.ts';

type QueueName = Pick<IQueue, 'queueArn'>;

function allow(
  grantee: IGrantable,
  actions: string[],
  resources: string[],
  partitions?: string | string[],
): void {
  // Without the partition key in the request there is nothing that could be allowed.
  const conditions = partitions && {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions].flat() },
  };
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }),
  );
}

/** The partitions of `users` that count failures; the others hold password hashes and phone numbers. */
export const FAILURES = 'failures#*';

/** One item at a time. @param partitions only those whose key is like this. */
export const allowRead = (grantee: IGrantable, table: TableName, partitions?: string): void =>
  allow(grantee, ['dynamodb:GetItem'], [table.tableArn], partitions);

/** What transitions of a flow write beside the instance: the domain writes of its actions, without reading them. */
const domainWrites: { [flow: string]: (grantee: IGrantable, tables: Tables) => void } = {
  'mfa-login'(grantee, { users, quotas }) {
    allow(
      grantee,
      ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
      [users.tableArn],
      FAILURES,
    );
    allow(grantee, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], [quotas.tableArn]);
  },
  // Pieces move; goods are neither made nor removed.
  checkout: (grantee, { inventory }) => allow(grantee, ['dynamodb:UpdateItem'], [inventory.tableArn]),
};

/**
 * What delivering events of these flows takes: the record and its entry, domain writes, one execution of the definition. Instances of
 * other flows are out of reach.
 */
export function allowDeliver(grantee: IGrantable, tables: Tables, flows: readonly Flow[]): void {
  const instances = flows.map(({ name }) => `${name}#*`);
  allow(grantee, ['dynamodb:GetItem', 'dynamodb:PutItem'], [tables.flows.tableArn], instances);
  for (const { name } of flows) domainWrites[name]?.(grantee, tables);
  allow(
    grantee,
    ['states:StartSyncExecution'],
    flows.map(({ stateMachineArn }) => stateMachineArn),
  );
}

/** All entries of an instance: its history. */
export const allowHistory = (grantee: IGrantable, { flows }: Tables): void =>
  allow(grantee, ['dynamodb:Query'], [flows.tableArn]);

/** Telling others what has happened. */
export const allowPublish = (grantee: IGrantable, { eventBusArn }: Pick<IEventBus, 'eventBusArn'>): void =>
  allow(grantee, ['events:PutEvents'], [eventBusArn]);

/** Commands to another system. */
export const allowSend = (grantee: IGrantable, { queueArn }: QueueName): void =>
  allow(grantee, ['sqs:SendMessage'], [queueArn]);

/** What Lambda needs to take messages on the function's behalf. */
export const allowTake = (grantee: IGrantable, { queueArn }: QueueName): void =>
  allow(grantee, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queueArn]);

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

import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Entry } from '../lambdas/environment.ts';
import { allowRead } from './grants.ts';
import { type NodeFunctionProps, nodeFunction, type TableName } from './node-function.ts';

type ActionEntry = Extract<Entry, `actions/${string}`>;

/**
 * The function of one action. It may read the table and the secrets that it is told of, and nothing else: no instance,
 * no write.
 */
export function actionFunction<E extends ActionEntry>(
  scope: Construct,
  id: string,
  {
    partitions,
    ...props
  }: Omit<NodeFunctionProps<E>, 'timeout' | 'description'> & {
    /** Only these partitions of its table. */
    partitions?: string;
  },
): LambdaFunction {
  const made = nodeFunction(scope, id, {
    ...props,
    // As long as the definition waits for it.
    timeout: Duration.seconds(7),
    description: `Action ${id}`,
  });
  for (const value of Object.values<unknown>(props.environment))
    if (isTable(value)) allowRead(made, value, partitions);
  return made;
}

const isTable = (value: unknown): value is TableName =>
  typeof value === 'object' && value !== null && 'tableArn' in value;

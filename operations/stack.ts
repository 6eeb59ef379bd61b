/** What a stack of CloudFormation says of itself: the tables and queues in its outputs. */
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { limits } from '../adapters/aws/clients.ts';
import { nameOf } from '../core/errors.ts';
import { UsageError } from './command.ts';

/** There is no such stack, or nothing has been deployed in it yet. */
export class NotDeployed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotDeployed';
  }
}

/** As CloudFormation has them; no ARN, which might be of another region than the tables are asked in. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/** A first change set that was not executed, and a first deployment that failed: neither left anything in the stack. */
const EMPTY = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE'];

/**
 * What an output of the stack names, in the region and by the credentials of the environment.
 *
 * @throws UsageError for what is no name of a stack; NotDeployed; Error where the stack has no such output, or where
 *   CloudFormation failed: it tells the name of the error only.
 */
export async function outputOf(
  stack: string,
  output: 'FlowsTable' | 'UsersTable' | 'InventoryTable' | 'OperatorEvents',
): Promise<string> {
  if (!NAME.test(stack))
    throw new UsageError('--stack takes the name of a stack, such as Detent-production.');
  const client = new CloudFormationClient(limits(8, 10_000));
  try {
    const found = await described(client, stack);
    if (!found || EMPTY.includes(String(found.StackStatus))) {
      throw new NotDeployed(
        `There is no stack ${stack} in ${await client.config.region()}, or nothing has been deployed in it yet.`,
      );
    }
    const value = found.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
    if (value) return value;
    throw new Error(`The stack ${stack} has no output ${output}: it is none of Detent, or is not complete.`);
  } finally {
    client.destroy();
  }
}

/** @returns undefined where there is none of that name. */
async function described(client: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0];
  } catch (error) {
    // CloudFormation has no error of its own for it.
    const absent = nameOf(error) === 'ValidationError' && /does not exist/.test((error as Error).message);
    if (absent) return undefined;
    throw new Error(`CloudFormation failed: ${nameOf(error)}`);
  }
}

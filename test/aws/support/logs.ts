/** The logs of the functions. */
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Deployment, FunctionName } from './deployment.ts';

/** @returns all lines of a log group so far. */
export async function linesOf(logGroupName: string): Promise<string[]> {
  const client = new CloudWatchLogsClient();
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new FilterLogEventsCommand({ logGroupName, ...(nextToken && { nextToken }) }),
    );
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
    nextToken = page.nextToken;
  } while (nextToken);
  return lines;
}

/** All log groups of a stack: logical id and name. */
export async function logGroupsOf(StackName: string): Promise<[logical: string, name: string][]> {
  const client = new CloudFormationClient();
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  return StackResources.filter(({ ResourceType }) => ResourceType === 'AWS::Logs::LogGroup').map(
    ({ LogicalResourceId = '', PhysicalResourceId = '' }) => [LogicalResourceId, PhysicalResourceId],
  );
}

/** The log group of a function. */
export async function logGroupOf(FunctionName: string): Promise<string> {
  const configuration = await new LambdaClient().send(new GetFunctionConfigurationCommand({ FunctionName }));
  const group = configuration.LoggingConfig?.LogGroup;
  if (group === undefined) throw new Error(`${FunctionName} has no log group of its own`);
  return group;
}

/** How often each function has been invoked: Lambda writes a line at the start of each. */
export async function invocations({ functions }: Deployment): Promise<{ [name in FunctionName]: number }> {
  const counts = Object.entries(functions).map(async ([name, physical]) => {
    const lines = await linesOf(await logGroupOf(physical));
    return [name, lines.filter((line) => line.startsWith('START RequestId')).length];
  });
  return Object.fromEntries(await Promise.all(counts));
}

/** The deployed functions: their configuration, and calls past the services that call them on AWS. */
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';

/** Sets environment variables of a function, or takes away those that are undefined. */
export async function setVariables(
  FunctionName: string,
  changes: { [variable: string]: string | undefined },
): Promise<void> {
  const lambda = new LambdaClient();
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const wanted = Object.entries({ ...Environment?.Variables, ...changes });
  const Variables = Object.fromEntries(wanted.filter((one): one is [string, string] => one[1] !== undefined));
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2(
    { client: lambda, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { FunctionName },
  );
}

export async function variablesOf(FunctionName: string): Promise<{ [variable: string]: string }> {
  const { Environment } = await new LambdaClient().send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  return Environment?.Variables ?? {};
}

/** Calls a function, as its trigger would. @throws Error where it fails. */
export async function invoke(FunctionName: string, event: unknown = {}): Promise<unknown> {
  const { Payload, FunctionError } = await new LambdaClient({ maxAttempts: 1 }).send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const text = Payload ? Buffer.from(Payload).toString() : '';
  if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

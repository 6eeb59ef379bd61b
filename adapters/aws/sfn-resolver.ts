/** The resolver port on Step Functions: one synchronous Express execution for each event. */
import { randomBytes } from 'node:crypto';
import { type SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { DetentError, nameOf } from '../../core/errors.ts';
import type { Resolver } from '../../core/ports.ts';
import type { DefinitionInput, DefinitionOutput } from '../../core/types.ts';

/** Less than the 30 s after which the HTTP API gives up on whoever asked. */
export const RESOLVER_TIMEOUT_MS = 25_000;

/**
 * An execution that failed is answered with HTTP 200 like any other: only its status tells. Its `cause` may quote the
 * input, a password among it: it goes nowhere.
 *
 * @param stateMachines ARN by flow.
 */
export function createSfnResolver(
  client: SFNClient,
  stateMachines: { readonly [flow: string]: string },
  timeoutMs = RESOLVER_TIMEOUT_MS,
): Resolver {
  return {
    async resolve(flow, input) {
      const stateMachineArn = stateMachines[flow];
      if (stateMachineArn === undefined) throw failed(flow, 'it has no state machine here');
      const name = executionName(input);
      const command = new StartSyncExecutionCommand({
        stateMachineArn,
        input: JSON.stringify(input),
        ...(name !== undefined && { name }),
      });
      const options = { abortSignal: AbortSignal.timeout(timeoutMs) };
      const { status, error, output } = await client.send(command, options).catch((thrown: unknown) => {
        throw failed(flow, nameOf(thrown));
      });
      if (status !== 'SUCCEEDED' || output === undefined) throw failed(flow, `${status} ${codeOf(error)}`);
      return JSON.parse(output) as DefinitionOutput;
    },
  };
}

/**
 * `<flowId>-<version>-<random>`, so that the executions of an instance can be found. Those of Express need no different names
 * on AWS; an emulator confuses two of one name that run at the same time. Step Functions takes 1 to 80 characters: an id
 * that does not fit leaves the name to it.
 */
function executionName({ flow: { id, version } }: DefinitionInput): string | undefined {
  const name = `${id}-${version}-${randomBytes(4).toString('hex')}`;
  return /^[\w-]{1,80}$/.test(name) ? name : undefined;
}

const failed = (flow: string, why: string): DetentError =>
  new DetentError('resolver-failed', `the execution of ${flow} failed: ${why}`);

/** The name of an error as the States Language knows it; anything longer might be a quotation. */
const codeOf = (error: string | undefined): string => /^[\w.]{1,80}$/.exec(error ?? '')?.[0] ?? '';

/** The resolver port in this process: definitions are prepared once, and behave as on Step Functions. */
import type { Definition } from '../../core/definition.ts';
import { DetentError, nameOf } from '../../core/errors.ts';
import type { Resolver } from '../../core/ports.ts';
import type { DefinitionOutput, Json, JsonObject } from '../../core/types.ts';
import { Machine } from './asl/machine.ts';
import type { Invoke } from './asl/tasks.ts';
import { overWire } from './asl/wire.ts';

export type { Invoke } from './asl/tasks.ts';

/**
 * @param definitions by flow, their substitutions filled in: a Task's `FunctionName` is the name of an action.
 * @param options `retryPauseMs` replaces the pauses of every Retry (for tests and simulated time); `random`, uniform in
 * [0, 1), is what their jitter comes from.
 * @throws DetentError `misconfigured` where a definition is outside of the subset of the States Language that runs here.
 */
export function createAslResolver(
  definitions: { [flow: string]: Definition },
  invoke: Invoke,
  options: { retryPauseMs?: number; random?: () => number } = {},
): Resolver {
  const pauses = { random: Math.random, ...options };
  const machines = new Map(
    Object.entries(definitions).map(([flow, definition]) => [
      flow,
      new Machine(flow, definition as unknown as JsonObject, invoke, pauses),
    ]),
  );
  return {
    async resolve(flow, input) {
      const machine = machines.get(flow);
      if (!machine) throw new DetentError('resolver-failed', `no definition for the flow ${flow}`);
      try {
        const output = await machine.run(overWire(input) as unknown as Json);
        return output as unknown as DefinitionOutput;
      } catch (error) {
        // The cause may quote the input: the error's name is all that leaves here.
        throw new DetentError('resolver-failed', `the execution of ${flow} failed: ${nameOf(error)}`);
      }
    },
  };
}

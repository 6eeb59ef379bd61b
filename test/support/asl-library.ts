/** The resolver port by `aws-local-stepfunctions`, made to behave like Step Functions: what our own resolver is held against. */
import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Invoke } from '../../adapters/embedded/asl-resolver.ts';
import type { TaskInput } from '../../core/action.ts';
import type { Definition } from '../../core/definition.ts';
import { DetentError, nameOf } from '../../core/errors.ts';
import type { Resolver } from '../../core/ports.ts';
import type { DefinitionOutput } from '../../core/types.ts';

/** Step Functions: largest input or output of a state, in bytes. */
const MAX_PAYLOAD_BYTES = 262_144;

type JsonValue = Parameters<StateMachine['run']>[0];
type Overrides = NonNullable<RunOptions['overrides']>;

/**
 * @param definitions by flow, their substitutions filled in: a Task's `FunctionName` is the name of an action.
 * @param options `retryPauseMs` replaces the pauses of every Retry (for tests and simulated time).
 */
export function createLibraryResolver(
  definitions: { [flow: string]: Definition },
  invoke: Invoke,
  options: { retryPauseMs?: number } = {},
): Resolver {
  const prepared = new Map(
    Object.entries(definitions).map(([flow, definition]) => [flow, prepare(definition, invoke, options)]),
  );
  return {
    async resolve(flow, input) {
      const found = prepared.get(flow);
      if (!found) throw new DetentError('resolver-failed', `no definition for the flow ${flow}`);
      try {
        const run = found.machine.run(limitedCopy(input) as unknown as JsonValue, {
          overrides: found.overrides,
        });
        return (await run.result) as unknown as DefinitionOutput;
      } catch (error) {
        // The cause may quote the input: the error's name is all that leaves here.
        throw new DetentError('resolver-failed', `the execution of ${flow} failed: ${nameOf(error)}`);
      }
    },
  };
}

/** Once per definition. Validation is a test, not a run-time cost: it takes a hundred times as long as a transition. */
function prepare(definition: Definition, invoke: Invoke, { retryPauseMs }: { retryPauseMs?: number }) {
  const machine = new StateMachine(definition as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const tasks = Object.entries(definition.States).filter(([, { Type }]) => Type === 'Task');
  // The library knows no `lambda:invoke`: this is its envelope, and the copy that a real invocation makes.
  const handler = async (parameters: JsonValue): Promise<JsonValue> => {
    const { FunctionName, Payload } = parameters as unknown as { FunctionName: string; Payload: TaskInput };
    const step = limitedCopy(await invoke(FunctionName, limitedCopy(Payload)));
    return { StatusCode: 200, Payload: step as unknown as JsonValue };
  };
  const overrides: Overrides = {
    taskResourceLocalHandlers: Object.fromEntries(tasks.map(([state]) => [state, handler])),
    ...(retryPauseMs !== undefined && {
      retryIntervalOverrides: Object.fromEntries(tasks.map(([state]) => [state, retryPauseMs])),
    }),
  };
  return { machine, overrides };
}

/** As over the wire: a copy, and no larger than Step Functions takes. */
function limitedCopy<T>(value: T): T {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) {
    throw new DetentError('resolver-failed', `a payload is larger than ${MAX_PAYLOAD_BYTES} bytes`);
  }
  return JSON.parse(text);
}

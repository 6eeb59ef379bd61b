/** One execution on our own resolver, and the same on the library's: what both must have in common. */
import { createAslResolver, type Invoke } from '../../adapters/embedded/asl-resolver.ts';
import type { TaskInput } from '../../core/action.ts';
import type { Definition } from '../../core/definition.ts';
import { isDetentError } from '../../core/errors.ts';
import type { DefinitionInput, Json, Step } from '../../core/types.ts';
import { createLibraryResolver } from '../support/asl-library.ts';

/** What the nth call of an action in an execution does, counted from 0: gives something, or throws. */
export type Script = (n: number, action: string, input: TaskInput) => unknown;

export interface Run {
  calls: { action: string; input: unknown }[];
  /** Or that the execution failed. */
  end: unknown;
}

/** Not by structuredClone, whose objects are of another realm in tests: the library does not know them as objects. */
export const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const makers = { own: createAslResolver, library: createLibraryResolver };

export type Side = keyof typeof makers;

/** A definition on one side, prepared once. */
export function prepared(side: Side, definition: object) {
  let calls: Run['calls'] = [];
  let script: Script = () => undefined;
  const invoke: Invoke = async (action, given) => {
    calls.push({ action, input: copied(given) });
    return script(calls.length - 1, action, given) as Step;
  };
  const resolver = makers[side]({ sample: definition as Definition }, invoke, { retryPauseMs: 0 });
  return async (input: Json, acting: Script): Promise<Run> => {
    calls = [];
    script = acting;
    const end = await resolver
      .resolve('sample', input as unknown as DefinitionInput)
      .catch((error: unknown) => (isDetentError(error, 'resolver-failed') ? 'failed' : error));
    return { calls, end };
  };
}

/** A definition on either, each with a copy of its own. */
export function onBoth(definition: object) {
  const copies = { own: copied(definition), library: copied(definition) };
  const own = prepared('own', copies.own);
  const library = prepared('library', copies.library);
  return async (input: Json, script: Script) => {
    const given = copied(input);
    return {
      own: await own(given, script),
      library: await library(copied(input), script),
      /** What our own resolver has been given, after it. */
      left: { definition: copies.own, input: given },
    };
  };
}

/** What goes wrong while a definition runs. Messages name paths and states, and never quote data. */

/** The longest time for an action where the definition says none (Amazon States Language, "Task State"). */
export const DEFAULT_TIMEOUT_SECONDS = 60;

/** A failure with a name of the States Language's own. */
export class StatesFailure extends Error {
  /** Neither Retry nor Catch takes it: the execution ends. On Step Functions States.ALL takes neither of these two. */
  readonly final: boolean;

  constructor(name: 'States.Runtime' | 'States.DataLimitExceeded' | 'States.Timeout', message: string) {
    super(message);
    this.name = name;
    this.final = name !== 'States.Timeout';
  }
}

/** @throws StatesFailure `States.Runtime`, always. */
export function runtimeFailure(message: string): never {
  throw new StatesFailure('States.Runtime', message);
}

/**
 * Whether the name in an `ErrorEquals` stands for this error: its own name; any but a time-out; any.
 *
 * A final failure matches nothing.
 */
export function matches(names: readonly string[], error: unknown): boolean {
  const own = error instanceof StatesFailure ? error : undefined;
  if (own?.final) return false;
  return names.some(
    (name) =>
      name === 'States.ALL' ||
      (name === 'States.TaskFailed' && own === undefined) ||
      (name === 'States.Timeout' && (own !== undefined || isNamedTimeout(error))),
  );
}

const isNamedTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'States.Timeout';

/** Retry and Catch of a Task. */
import type { Json, JsonObject } from '../../../core/types.ts';
import { matches } from './failure.ts';
import { placeResult } from './paths.ts';
import {
  isObject,
  LONGEST_SECONDS,
  numberAt,
  objectsAt,
  onlyFields,
  type Place,
  refuse,
  secondsAt,
  textAt,
  within,
} from './refusal.ts';

export interface Retrier {
  errors: readonly string[];
  /** How long to wait before the next try, in ms; undefined where there is none. @param failed tries so far, from 1. */
  pauseMs(error: unknown, failed: number): number | undefined;
}

export interface Pauses {
  /** Replaces every computed pause. */
  retryPauseMs?: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

const NAMES = ['States.Timeout', 'States.TaskFailed', 'States.ALL'];

function errorsOf(fields: JsonObject, place: Place): string[] {
  const names = fields['ErrorEquals'];
  if (!Array.isArray(names) || names.length === 0 || names.some((name) => !NAMES.includes(name as string))) {
    return refuse(within(place, 'ErrorEquals'), `must be a list of ${NAMES.join(', ')}`);
  }
  return names as string[];
}

/** The one retrier that a Task may have. What its fields default to stands in the States Language, "Errors". */
export function prepareRetry(fields: JsonObject, place: Place, pauses: Pauses): Retrier | undefined {
  if (fields['Retry'] === undefined) return undefined;
  const here = within(place, 'Retry');
  const [retrier = {}, ...more] = objectsAt(fields, 'Retry', place);
  if (more.length > 0) refuse(here, 'a Task has one retrier; put all errors into its ErrorEquals');
  const at = within(here, 0);
  const known = [
    'ErrorEquals',
    'IntervalSeconds',
    'MaxAttempts',
    'BackoffRate',
    'MaxDelaySeconds',
    'JitterStrategy',
  ];
  onlyFields(retrier, known, at);
  const errors = errorsOf(retrier, at);
  const interval = secondsAt(retrier, 'IntervalSeconds', at, 1);
  const most = numberAt(retrier, 'MaxAttempts', at, { least: 0, whole: true, absent: 3 });
  const rate = numberAt(retrier, 'BackoffRate', at, { least: 1, absent: 2 });
  const longest = secondsAt(retrier, 'MaxDelaySeconds', at, LONGEST_SECONDS);
  const jitter = retrier['JitterStrategy'] ?? 'NONE';
  if (jitter !== 'FULL' && jitter !== 'NONE') refuse(within(at, 'JitterStrategy'), 'must be FULL or NONE');
  const { retryPauseMs, random } = pauses;
  const pause = (failed: number): number => {
    if (retryPauseMs !== undefined) return Math.min(retryPauseMs, longest * 1000);
    const bound = Math.min(interval * rate ** (failed - 1), longest) * 1000;
    return jitter === 'FULL' ? Math.floor(random() * (bound + 1)) : bound;
  };
  return {
    errors,
    pauseMs: (error, failed) => (failed <= most && matches(errors, error) ? pause(failed) : undefined),
  };
}

export interface Catcher {
  errors: readonly string[];
  next: string;
  /** The input with the error in its place. */
  place(input: Json, error: unknown): Json;
}

export function prepareCatch(fields: JsonObject, place: Place): Catcher[] {
  if (fields['Catch'] === undefined) return [];
  return objectsAt(fields, 'Catch', place).map((catcher, index) => {
    const here = within(within(place, 'Catch'), index);
    onlyFields(catcher, ['ErrorEquals', 'ResultPath', 'Next'], here);
    const put = placeResult(catcher['ResultPath'], within(here, 'ResultPath'));
    return {
      errors: errorsOf(catcher, here),
      next: textAt(catcher, 'Next', here),
      place: (input, error) => put(input, described(error)),
    };
  });
}

/** Name and message, which may quote what it likes: this stays inside of the execution. */
function described(error: unknown): Json {
  const { name, message } = isObject(error) ? error : { name: 'Error', message: error };
  return { Error: String(name), Cause: typeof message === 'string' ? message : '' };
}

/**
 * Errors of the engine, on one axis: what the caller should do.
 *
 * - `reject`: the request can never succeed as it is; tell whoever made it.
 * - `retry`: nothing was written, or it is safe to find out; the same request may be made again.
 * - `give-up`: a fault of ours or of the definition; a person must look.
 *
 * Errors are recognised by `code`, never by `instanceof`: bundles and stores break the latter.
 */
export type Advice = 'reject' | 'retry' | 'give-up';

const advice = {
  /** A record or a definition input over the limit; nothing was written. */
  'too-large': 'reject',
  /** An action was given input of the wrong shape. */
  'invalid-action-input': 'give-up',
  /** An action answered with an outcome that it does not declare, or wrote outside its tables. */
  'invalid-action-result': 'give-up',
  /** The definition ended in something that is no DefinitionOutput. */
  'invalid-definition-output': 'give-up',
  /** The execution of the definition failed or could not be started. */
  'resolver-failed': 'retry',
  /** The table did not answer, or did not say whether the write happened. */
  'table-unavailable': 'retry',
  /** A secret could not be read. */
  'secret-unavailable': 'retry',
  /** Two writes of one transaction name the same item, or a write is malformed. */
  'invalid-transaction': 'give-up',
  /** A stored entry lacks what the relay needs of it. */
  'invalid-entry': 'give-up',
  /** What runs here does not fit what is stored: an unknown flow, settings or an executor that cannot work. */
  misconfigured: 'give-up',
} as const satisfies Record<string, Advice>;

export type ErrorCode = keyof typeof advice;

export class DetentError extends Error {
  readonly code: ErrorCode;
  readonly advice: Advice;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = `Detent.${code}`;
    this.code = code;
    this.advice = advice[code];
  }
}

/** Whether `error` is one of ours, with this code if one is given. Works across bundles and realms. */
export function isDetentError(error: unknown, code?: ErrorCode): error is DetentError {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('advice' in error)) return false;
  return code === undefined ? String(error.code) in advice : error.code === code;
}

/**
 * How a try to perform an effect failed.
 *
 * - `transient`: it did not happen, and may succeed soon;
 * - `permanent`: it did not happen and never will;
 * - `ambiguous`: nobody knows whether it happened (a time-out).
 */
export type EffectFailure = 'transient' | 'permanent' | 'ambiguous';

export class EffectError extends Error {
  readonly failure: EffectFailure;
  /** How long it is of no use to try again, in ms, where that is known. */
  readonly pauseMs: number;

  /** @param reason a short code without personal data; it is stored and shown. */
  constructor(failure: EffectFailure, reason: string, pauseMs = 0) {
    super(reason);
    this.name = 'EffectError';
    this.failure = failure;
    this.pauseMs = pauseMs;
  }
}

/**
 * An error of any origin as an effect failure. Executors ask our own ports before they act, so a service of ours that is
 * down means that nothing was done; what nobody classified is ambiguous.
 */
export function asEffectError(error: unknown): EffectError {
  if (isDetentError(error) && error.advice === 'retry') return new EffectError('transient', error.code);
  if (typeof error === 'object' && error !== null && 'failure' in error && 'message' in error) {
    return error as EffectError;
  }
  return new EffectError('ambiguous', nameOf(error));
}

/**
 * What a log may say of an error: all of ours, whose messages quote nothing; of foreign ones the name and the place, since
 * their messages may quote personal data.
 */
export function loggable(error: unknown): string {
  if (isDetentError(error)) return `${error.name}: ${error.message}`;
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : '';
  const place = /^\s+(at .+:\d+:\d+\)?)$/m.exec(stack)?.[1];
  return place === undefined ? nameOf(error) : `${nameOf(error)} ${place}`;
}

/** The name of an error, for logs: messages of foreign errors may quote personal data. */
export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error;
}

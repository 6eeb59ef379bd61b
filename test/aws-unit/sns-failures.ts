/**
 * How Publish of SNS fails, and what each failure says of the message. Errors with a class in the SDK are made of it: its
 * name is what the sender has to know. All that the SDK declares for Publish are here.
 */
import * as sns from '@aws-sdk/client-sns';
import type { EffectFailure } from '../../core/errors.ts';

/** The name of an error; the HTTP status of the answer, or the code of the system where there was none; what it means. */
type SnsFailure = [name: string, answer: number | string, failure: EffectFailure];

// biome-ignore format: a table
export const snsFailures: SnsFailure[] = [
  // The number, the text or our rights are wrong: it will never go.
  ['InvalidParameterException',            400, 'permanent'],
  ['InvalidParameterValueException',       400, 'permanent'],
  ['ParameterValueInvalid',                400, 'permanent'],
  ['ValidationException',                  400, 'permanent'],
  ['ValidationError',                      400, 'permanent'],
  ['AuthorizationErrorException',          403, 'permanent'],
  ['AccessDenied',                         403, 'permanent'],
  ['AccessDeniedException',                403, 'permanent'],
  ['OptedOutException',                    400, 'permanent'],
  ['EndpointDisabledException',            400, 'permanent'],
  ['PlatformApplicationDisabledException', 400, 'permanent'],
  ['NotFoundException',                    404, 'permanent'],
  ['UserErrorException',                   400, 'permanent'],

  // SNS has refused it, and may take it soon.
  ['InternalErrorException',               500, 'transient'],
  ['InternalFailure',                      500, 'transient'],
  ['ServiceUnavailable',                   503, 'transient'],
  ['ThrottledException',                   429, 'transient'],
  ['Throttling',                           400, 'transient'],
  ['ThrottlingException',                  400, 'transient'],
  ['TooManyRequestsException',             429, 'transient'],
  ['RequestLimitExceeded',                 503, 'transient'],
  ['KMSThrottlingException',               400, 'transient'],
  // An answer that refuses is one, whatever it is called.
  ['KMSAccessDeniedException',             400, 'transient'],
  ['KMSDisabledException',                 400, 'transient'],
  ['KMSInvalidStateException',             400, 'transient'],
  ['KMSNotFoundException',                 400, 'transient'],
  ['KMSOptInRequired',                     403, 'transient'],
  ['InvalidSecurityException',             403, 'transient'],
  ['ExpiredToken',                         403, 'transient'],
  ['SomethingNew',                         400, 'transient'],

  // It never left this machine.
  ['Error',                     'ECONNREFUSED', 'transient'],
  ['Error',                        'ENOTFOUND', 'transient'],
  ['Error',                        'EAI_AGAIN', 'transient'],
  ['CredentialsProviderError',              '', 'transient'],

  // Nobody knows whether it went: the client gave up waiting, or the answer was lost.
  ['TimeoutError',                          '', 'ambiguous'],
  ['AbortError',                            '', 'ambiguous'],
  ['Error',                       'ECONNRESET', 'ambiguous'],
  ['Error',                            'EPIPE', 'ambiguous'],
  ['Error',                        'ETIMEDOUT', 'ambiguous'],
  ['SomethingNew',                         502, 'ambiguous'],
];

/** The error as the SDK would throw it. Its message quotes what it should not. */
export function snsError([name, answer]: SnsFailure): Error {
  const message = 'Invalid parameter: PhoneNumber +15555550100, Message: 123456 is your code';
  const $metadata = typeof answer === 'number' ? { httpStatusCode: answer } : {};
  const known = (sns as unknown as { [name: string]: new (options: object) => Error })[name];
  if (known) return new known({ message, $metadata });
  const code = typeof answer === 'string' && answer !== '' ? { code: answer } : {};
  return Object.assign(new Error(message), { name, $metadata, ...code });
}

export const titled = (rows: SnsFailure[]) =>
  rows.map((row) => ({ title: `${row[0]} ${row[1]}`.trim(), row, name: row[0], failure: row[2] }));

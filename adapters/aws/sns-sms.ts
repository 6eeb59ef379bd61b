/** Text messages over Amazon SNS. It drops no doubles: what may have gone is never called failed. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { EffectError, type EffectFailure, nameOf } from '../../core/errors.ts';
import type { SmsSender } from '../../core/ports.ts';

/** Errors of Publish, by their code (API reference of SNS); the SDK appends `Exception` to most. */
const failures: { readonly [code: string]: EffectFailure } = {
  InvalidParameter: 'permanent',
  InvalidParameterValue: 'permanent',
  ParameterValueInvalid: 'permanent',
  Validation: 'permanent',
  ValidationError: 'permanent',
  AuthorizationError: 'permanent',
  AccessDenied: 'permanent',
  NotFound: 'permanent',
  EndpointDisabled: 'permanent',
  PlatformApplicationDisabled: 'permanent',
  OptedOut: 'permanent',
  UserError: 'permanent',

  InternalError: 'transient',
  InternalFailure: 'transient',
  ServiceUnavailable: 'transient',
  Throttled: 'transient',
  Throttling: 'transient',
  TooManyRequests: 'transient',
  RequestLimitExceeded: 'transient',
  KMSThrottling: 'transient',
};

/** It never reached the service: no address, no connection, no credentials to sign with. */
const unsent = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'CredentialsProviderError']);

export function createSnsSender(client: SNSClient): SmsSender {
  return {
    async send({ to, body, signal }) {
      const command = new PublishCommand({
        PhoneNumber: to,
        Message: body,
        MessageAttributes: {
          'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' },
        },
      });
      try {
        const { MessageId = '' } = await client.send(command, { abortSignal: signal });
        return { receipt: MessageId };
      } catch (error) {
        throw classify(error);
      }
    },
  };
}

/** Without the message of the error: it may quote the number. */
function classify(error: unknown): EffectError {
  const name = nameOf(error);
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } };
  const listed = failures[name.replace(/Exception$/, '')];
  if (listed) return new EffectError(listed, name);
  if (unsent.has(name) || (code !== undefined && unsent.has(code))) return new EffectError('transient', name);
  // An answer that refuses is a fact, even for a reason we do not know: nothing was sent. All else is open.
  const status = $metadata?.httpStatusCode ?? 0;
  return new EffectError(status >= 400 && status < 500 ? 'transient' : 'ambiguous', name);
}

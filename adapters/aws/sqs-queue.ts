/** Messages to another system over Amazon SQS. The other side drops doubles by their id: sending twice does no harm. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { EffectError, type EffectFailure, nameOf } from '../../core/errors.ts';
import type { QueueSender } from '../../core/ports.ts';

/** What SendMessage says of this message alone (API reference of SQS): it would say the same again. */
const refusals = new Set(['InvalidMessageContents', 'InvalidParameterValue', 'UnsupportedOperation']);

/** It never reached the service: no address, no connection, no credentials to sign with. */
const unsent = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'CredentialsProviderError']);

/** A standard queue: the body as JSON, and the id as an attribute beside it. */
export const createSqsSender = (client: SQSClient, QueueUrl: string): QueueSender => ({
  async send({ id, body, signal }) {
    const command = new SendMessageCommand({
      QueueUrl,
      MessageBody: JSON.stringify(body),
      MessageAttributes: { id: { DataType: 'String', StringValue: id } },
    });
    try {
      const { MessageId = '' } = await client.send(command, { abortSignal: signal });
      return { receipt: MessageId };
    } catch (error) {
      const name = codeOf(error);
      throw new EffectError(failureOf(name, error), name);
    }
  },
});

/** Without the prefix and the ending that a code has in one protocol of SQS and not in the other. */
const codeOf = (error: unknown): string =>
  nameOf(error)
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/Exception$/, '');

function failureOf(name: string, error: unknown): EffectFailure {
  if (refusals.has(name)) return 'permanent';
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } };
  if (unsent.has(name) || (code !== undefined && unsent.has(code))) return 'transient';
  // Any other answer that refuses (no queue, no right, no key, a throttle) is a fact too, and can be mended. All else is open.
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 ? 'transient' : 'ambiguous';
}

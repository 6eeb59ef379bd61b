/**
 * The clients of the AWS SDK, all with short time-outs: a caller always waits for the answer. The SDK keeps connections
 * alive by itself, follows AWS_ENDPOINT_URL, and in a Lambda function sends the trace of the invocation along with every
 * call. One function for each, so that a bundle holds only what it uses; the client of DynamoDB has a file of its own,
 * because its library cannot be shaken out.
 */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** @param requestMs how long one try may take, in ms; without `throwOnRequestTimeout` it would only be logged. */
export const limits = (maxAttempts: number, requestMs: number) => ({
  maxAttempts,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
});

/**
 * StartSyncExecution has the host prefix `sync-`, which no emulator on localhost resolves.
 *
 * @param options.emulated the services are an emulator's: one address for all, which no prefix may be put before.
 */
export const stepFunctionsClient = ({ emulated = false } = {}): SFNClient =>
  new SFNClient({ ...limits(2, 26_000), disableHostPrefix: emulated });

/** One try a call: the SDK would send the same SMS again after a time-out. The relay knows better what to repeat. */
export const snsClient = (): SNSClient => new SNSClient(limits(1, 9_000));

/** A message that arrives twice does no harm. */
export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient(limits(2, 4_000));

/** Likewise: its reader drops doubles. It goes where all clients go, and not to the host in the URL of the queue. */
export const sqsClient = (): SQSClient =>
  new SQSClient({ ...limits(2, 4_000), useQueueUrlAsEndpoint: false });

export const secretsClient = (): SecretsManagerClient => new SecretsManagerClient(limits(3, 2_000));

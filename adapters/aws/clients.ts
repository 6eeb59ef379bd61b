/**
 * The clients of the AWS SDK, all with short time-outs: a caller always waits for the answer. The SDK keeps connections
 * alive by itself, and follows AWS_ENDPOINT_URL. One function for each, so that a bundle holds only what it uses; the
 * client of DynamoDB has a file of its own, because its library cannot be shaken out.
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';

export interface ClientOptions {
  /** Wraps a client, so that its calls are traced. */
  capture?: <Client>(client: Client) => Client;
  /** The services are an emulator's: one address for all, which no prefix may be put before. */
  emulated?: boolean;
}

/** @param requestMs how long one try may take, in ms; without `throwOnRequestTimeout` it would only be logged. */
export const limits = (maxAttempts: number, requestMs: number) => ({
  maxAttempts,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
});

export const traced = <Client>(client: Client, { capture }: ClientOptions): Client =>
  capture ? capture(client) : client;

/** StartSyncExecution has the host prefix `sync-`, which no emulator on localhost resolves. */
export function stepFunctionsClient(options: ClientOptions = {}): SFNClient {
  const { emulated = false } = options;
  return traced(new SFNClient({ ...limits(2, 26_000), disableHostPrefix: emulated }), options);
}

/** One try a call: the SDK would send the same SMS again after a time-out. The relay knows better what to repeat. */
export function snsClient(options: ClientOptions = {}): SNSClient {
  return traced(new SNSClient(limits(1, 9_000)), options);
}

export function secretsClient(options: ClientOptions = {}): SecretsManagerClient {
  return traced(new SecretsManagerClient(limits(3, 2_000)), options);
}

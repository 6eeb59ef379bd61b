/**
 * Custom resource: fills the secret `signing` once, when a stack is made. CloudFormation can make random texts, but no
 * key pair; a key made on somebody's machine, or in the template, would have been seen. So it is made here, and goes
 * nowhere but into the secret.
 */
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { exportJWK, generateKeyPair } from 'jose';
import { secretsClient } from '../adapters/aws/clients.ts';
import { nameOf } from '../core/errors.ts';
import { wrapped } from './middleware.ts';

const client = secretsClient();

/** The id of the first version: Secrets Manager refuses another value under it, so a key is never replaced. */
const FIRST_VERSION = 'detent-signing-key-first-version';

async function fill(SecretId: string): Promise<void> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const SecretString = JSON.stringify(await exportJWK(privateKey));
  try {
    await client.send(
      new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken: FIRST_VERSION }),
    );
  } catch (error) {
    if (nameOf(error) !== 'ResourceExistsException') throw error;
  }
}

/** CloudFormation waits for an answer at the address that it gave; the address is signed, and not for the log. */
async function answer(event: CloudFormationCustomResourceEvent, id: string, reason?: string): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = event;
  const outcome = reason === undefined ? { Status: 'SUCCESS' } : { Status: 'FAILED', Reason: reason };
  const body = JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId, PhysicalResourceId: id });
  const { ok, status } = await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!ok) throw new Error(`CloudFormation did not take the answer: ${status}`);
}

export const handler = wrapped(async (event: CloudFormationCustomResourceEvent): Promise<void> => {
  const id = String(event.ResourceProperties['SecretId']);
  const failure =
    event.RequestType === 'Delete'
      ? undefined
      : await fill(id).then(
          () => undefined,
          (error: unknown) => `the signing key could not be stored: ${nameOf(error)}`,
        );
  await answer(event, id, failure);
});

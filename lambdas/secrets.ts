import { secretsClient } from '../adapters/aws/clients.ts';
import { createSecrets } from '../adapters/aws/secrets.ts';
import { SystemClock } from '../adapters/system.ts';
import type { Secrets } from '../core/ports.ts';

/** @param ids ARNs of the secrets that this function reads, by logical name. */
export const secretsOf = (ids: { readonly [name: string]: string }): Secrets =>
  createSecrets(secretsClient(), ids, new SystemClock());

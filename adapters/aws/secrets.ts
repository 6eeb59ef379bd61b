/** The secrets port on Secrets Manager, cached: a call costs money and 10 ms or more. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DetentError, nameOf } from '../../core/errors.ts';
import type { Clock, Secrets } from '../../core/ports.ts';

const TTL_MS = 5 * 60_000;
/** How long an old value goes on where a new one cannot be had. */
const GRACE_MS = 30_000;

/**
 * Requests for the same secret share one call. A value that has grown old is asked for again; while Secrets Manager does
 * not answer, the old one goes on: better than no login at all.
 *
 * @param ids ARN or name of the secret, by logical name.
 * @throws DetentError `secret-unavailable`, from the function returned.
 */
export function createSecrets(
  client: SecretsManagerClient,
  ids: { readonly [name: string]: string },
  clock: Pick<Clock, 'now'>,
  ttlMs = TTL_MS,
): Secrets {
  const cache = new Map<string, { value: Promise<string>; until: number }>();

  async function fetch(name: string): Promise<string> {
    const SecretId = ids[name];
    if (SecretId === undefined) throw unavailable(name, 'it is not to be had from here');
    const { SecretString } = await client
      .send(new GetSecretValueCommand({ SecretId }))
      .catch((error: unknown) => {
        throw unavailable(name, nameOf(error));
      });
    if (!SecretString) throw unavailable(name, 'it is empty');
    return SecretString;
  }

  return (name) => {
    const known = cache.get(name);
    if (known && clock.now() < known.until) return known.value;
    const value = fetch(name).catch((error: unknown) => {
      if (!known) {
        cache.delete(name);
        throw error;
      }
      cache.set(name, { value: known.value, until: clock.now() + GRACE_MS });
      return known.value;
    });
    cache.set(name, { value, until: clock.now() + ttlMs });
    return value;
  };
}

const unavailable = (name: string, why: string): DetentError =>
  new DetentError('secret-unavailable', `the secret ${name} cannot be read: ${why}`);

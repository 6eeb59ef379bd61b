/** Committed transitions to an HTTP address. */
import { EffectError } from '../../core/errors.ts';
import type { Publisher } from '../../core/publication.ts';

/** Posts each message as JSON. Any answer of 2xx says that it has been taken; everything else, and it comes again. */
export const factsCallback =
  (url: string): Publisher =>
  async (message, signal) => {
    const { ok, status, body } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      signal,
      redirect: 'error',
    });
    await body?.cancel();
    if (!ok) throw new EffectError('transient', `callback-${status}`);
  };

/** What every use of a Stripe account has in common: its key, its answers, its failures. */
import type Stripe from 'stripe';
import { EffectError } from '../../core/errors.ts';
import { stripeClient } from './client.ts';
import { meaningOf } from './errors.ts';

export interface StripeOptions {
  /** The secret key; asked for at each request, so that a new one is used as soon as it is there. */
  apiKey: () => Promise<string>;
  /** Where the API is, such as `http://127.0.0.1:12111`; by default Stripe's own address. */
  url?: string;
  /** Per request, in ms: shorter than the relay's time-out for a call. */
  timeoutMs?: number;
  /** In place of the network. */
  httpClient?: Stripe.HttpClient;
}

/**
 * The library, for the key of now.
 *
 * @returns a function that throws EffectError `transient` where there is no key that could be sent.
 */
export function accountOf({ apiKey, timeoutMs = 8_000, ...where }: StripeOptions): () => Promise<Stripe> {
  const clientOf = remembering((key: string) => stripeClient(key, { timeoutMs, ...where }));
  return async () => {
    // Keys come out of files, with the end of a line.
    const key = (await apiKey()).trim();
    // No header could carry it: nothing would be sent, and the error would not say so.
    if (!/^[\x21-\x7e]+$/.test(key)) throw new EffectError('transient', 'authentication');
    return clientOf(key);
  };
}

/** The last result, as long as the argument stays the same. */
function remembering<T>(make: (argument: string) => T): (argument: string) => T {
  let last: { argument: string; made: T } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, made: make(argument) };
    return last.made;
  };
}

/** @throws EffectError `transient` where there is no answer: a look changes nothing. */
export async function looked<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (isEffectError(error)) throw error;
    throw new EffectError('transient', meaningOf(error).word);
  }
}

/**
 * The library takes whatever has no `error` in it for an answer, whatever its status: that of a proxy on the way, too.
 *
 * @throws EffectError `ambiguous` for what is none of Stripe's.
 */
export function expected<T extends { object: string }>(object: T['object'], answer: T): T {
  if (answer.object !== object) throw new EffectError('ambiguous', 'foreign-answer');
  return answer;
}

export const isEffectError = (error: unknown): error is EffectError =>
  typeof error === 'object' && error !== null && 'failure' in error;

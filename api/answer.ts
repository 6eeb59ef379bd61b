import type { Answer } from '../core/delivery.ts';
import { Problem } from './problem.ts';

export type Applied = Extract<Answer, { version: number }>;
export type Rejected = Extract<Answer, { status: 'rejected' }>;

/**
 * What a route still has to map: an event that was applied or deferred, or one that the state refuses.
 *
 * @throws Problem for everything that means the same on every route.
 */
export function settled(answer: Answer): Applied | Rejected {
  switch (answer.status) {
    case 'not-found':
      throw new Problem('not-found', { detail: 'It does not exist, or no longer.' });
    case 'key-reused':
      throw new Problem('key-reused', { detail: 'Use a new Idempotency-Key for a new request.' });
    case 'conflict':
      throw new Problem('conflict', {
        detail: 'Nothing was changed. Look at the state, and try again.',
        retryAfter: 1,
        members: { state: answer.state },
      });
    case 'unavailable':
      throw new Problem('try-again', {
        detail: 'Nothing was changed, and no attempt was counted.',
        retryAfter: 2,
      });
    case 'rejected':
      if (answer.reason !== 'TooManyDeferred') return answer;
      throw new Problem('too-many-deferred', {
        detail: 'Wait until some are done.',
        members: { state: answer.state },
      });
    default:
      return answer;
  }
}

export const wrongState = ({ state }: { state: string }): Problem =>
  new Problem('wrong-state', { detail: `The state is ${state}.`, members: { state } });

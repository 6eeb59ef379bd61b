/** A burst of costly events takes longer; it does not make work in vain. */
import { expect, test } from '@jest/globals';
import type { Answer, Delivery } from '../../core/delivery.ts';
import { admitting, passwordLimits } from '../../local/admission.ts';

const limits = { atOnce: 2, waiting: 3 };
const event = (type: string) => ({ event: { id: 'e', type, payload: {} } }) as unknown as Delivery;

/** A deliver that ends when it is told to, and knows how many are inside. */
function gate() {
  const inside: (() => void)[] = [];
  let most = 0;
  const deliver = async (): Promise<Answer> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    inside.push(resolve);
    most = Math.max(most, inside.length);
    await promise;
    inside.splice(inside.indexOf(resolve), 1);
    return { status: 'not-found' };
  };
  return { deliver, inside, most: () => most };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('so many are worked on at once; so many wait; the rest is told to try again, at once', async () => {
  const { deliver, inside, most } = gate();
  const admitted = admitting(deliver, ['Costly'], limits);
  const answers = Array.from({ length: 7 }, () => admitted(event('Costly')));
  const busy = { status: 'unavailable', reason: 'Busy' };
  expect(await Promise.all(answers.slice(5))).toEqual([busy, busy]);
  expect(inside).toHaveLength(2);
  for (let done = 0; done < 5; done++) {
    inside[0]?.();
    await turn();
  }
  expect(await Promise.all(answers.slice(0, 5))).toEqual(
    Array.from({ length: 5 }, () => ({ status: 'not-found' })),
  );
  expect(most()).toBe(2);
  const later = admitted(event('Costly'));
  await turn();
  inside[0]?.();
  expect(await later).toEqual({ status: 'not-found' });
});

test('other events are not held up', async () => {
  const { deliver, inside } = gate();
  const admitted = admitting(deliver, ['Costly'], limits);
  const answers = [...Array.from({ length: 5 }, () => admitted(event('Costly'))), admitted(event('Cheap'))];
  await turn();
  expect(inside).toHaveLength(3);
  while (inside.length > 0) {
    inside[0]?.();
    await turn();
  }
  expect(await Promise.all(answers)).toHaveLength(6);
});

test('one that fails gives its place to the next', async () => {
  let calls = 0;
  const failing = async (): Promise<Answer> => {
    calls++;
    throw new Error('down');
  };
  const admitted = admitting(failing, ['Costly'], limits);
  const answers = Array.from({ length: 5 }, () => admitted(event('Costly')));
  for (const answer of answers) await expect(answer).rejects.toThrow('down');
  expect(calls).toBe(5);
});

test.each([
  [1, 3, 12],
  [2, 3, 24],
  [8, 3, 36],
  [8, 7, 84],
])(
  'on %i cores, with %i passwords hashed at once, %i are let in: their time-out would end more',
  (cores, hashed, atOnce) => {
    expect(passwordLimits(cores, hashed)).toEqual({ atOnce, waiting: 256 });
    // 0.25 s each, of the 7 that the definition gives them, with as much again for a slow machine.
    expect((atOnce / Math.min(cores, hashed)) * 0.25).toBeLessThanOrEqual(3.5);
  },
);

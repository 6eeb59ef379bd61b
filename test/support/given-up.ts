import { jest } from '@jest/globals';

/** The result of work that hangs until it is given up, without the time that this takes. */
export async function givenUp<T>(work: () => Promise<T>): Promise<T> {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  try {
    let over = false;
    const result = work().finally(() => {
      over = true;
    });
    while (!over) await jest.advanceTimersByTimeAsync(1_000);
    return await result;
  } finally {
    jest.useRealTimers();
  }
}

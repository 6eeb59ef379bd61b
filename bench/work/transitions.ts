/** State transitions, counted: the states that definitions enter. */
import { Machine } from '../../adapters/embedded/asl/machine.ts';

/** What a task returns, and how many states the definitions enter until then. */
export async function statesEntered<T>(task: () => Promise<T>): Promise<{ result: T; entered: number }> {
  let count = 0;
  const { run } = Machine.prototype;
  Machine.prototype.run = function watched(this: Machine, input) {
    return run.call(this, input, { entered: () => count++, retried: () => {}, caught: () => {} });
  };
  try {
    const result = await task();
    return { result, entered: count };
  } finally {
    Machine.prototype.run = run;
  }
}

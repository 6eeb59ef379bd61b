/** What all contenders of part 1 give for one round. */
import { quantile } from '../report/statistics.ts';

export interface Run {
  /** Logins per second. */
  logins: number;
  /** Milliseconds for one event, as its caller sees it. */
  p50: number;
  p99: number;
}

/**
 * @param times of the events, in ms.
 * @param begin as `performance.now()` gives it.
 */
export function runOf(logins: number, times: readonly number[], begin: number, end: number): Run {
  return {
    logins: (logins * 1_000) / (end - begin),
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}

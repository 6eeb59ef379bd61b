/** What one event costs an instance with a long history, beside one with a short one: in one run, taking turns. */
import type { Payments } from '../test/support/payments.ts';
import { createPayments } from '../test/support/payments.ts';

const SHORT = 10;

export interface Growth {
  entries: number;
  /** Microseconds for one event, median. */
  short: number;
  long: number;
}

/** Brings a payment to so many entries: the gateway does not answer, and is asked again and again. */
export async function grown(payments: Payments, flowId: string, entries: number): Promise<void> {
  await payments.create(flowId);
  await payments.tell(flowId, 'Authorize');
  for (let n = 2; n < entries; n++) await passed(payments, flowId);
}

/** One event: the deadline has passed, the gateway is to be asked once more. */
export async function passed({ clock, deliverer, flow }: Payments, flowId: string): Promise<void> {
  clock.advance(3_600_000);
  const answer = await deliverer.check(flow, flowId);
  if (answer.status !== 'applied') throw new Error(`the deadline of ${flowId}: ${answer.status}`);
}

/**
 * @param entries of the long history. Each turn delivers one event to it, and one to a payment of its own with ten entries.
 */
export async function growth(entries: number, turns: number): Promise<Growth> {
  const payments = createPayments();
  try {
    await grown(payments, 'long', entries);
    for (let n = 0; n < turns; n++) await grown(payments, `short-${n}`, SHORT);
    const long: number[] = [];
    const short: number[] = [];
    for (let n = 0; n < turns; n++) {
      short.push(await timed(() => passed(payments, `short-${n}`)));
      long.push(await timed(() => passed(payments, 'long')));
    }
    const stored = (await payments.items('long')).length;
    if (stored !== entries + turns) throw new Error(`${stored} entries are not ${entries + turns}`);
    return { entries, short: median(short), long: median(long) };
  } finally {
    payments.close();
  }
}

async function timed(task: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await task();
  return (performance.now() - begin) * 1_000;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

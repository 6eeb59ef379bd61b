/** Moves all instances that rest in renamed states, several at a time. */
import type { Flow } from '../core/flow.ts';
import { type Moved, type RenamePorts, rename } from '../core/migration.ts';
import type { Machine } from './machines.ts';
import type { Group } from './survey.ts';

/** What became of how many. */
export type Tally = { [came in Moved]: number };

const AT_ONCE = 16;

/**
 * @param group with all its ids. What has moved stays moved where another one fails.
 * @throws DetentError `table-unavailable`: it may be repeated.
 */
export async function moveAll(
  ports: RenamePorts,
  flow: Flow,
  { renamings }: Machine,
  { ids }: Group,
  progress: (done: number) => void = () => {},
): Promise<Tally> {
  const tally: Tally = { moved: 0, settled: 0, unsuited: 0, conflict: 0 };
  const left = ids.values();
  let done = 0;
  const worker = async () => {
    for (const flowId of left) {
      tally[await rename(ports, flow, flowId, renamings)]++;
      progress(++done);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return tally;
}

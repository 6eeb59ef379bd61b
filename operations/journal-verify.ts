/** Goes through all instances of a journal flow, several at a time and a page of them at once. */
import { partition, recordKey } from '../core/flow.ts';
import type { JournalFault } from '../core/journal.ts';
import { recordItem } from '../core/persistence.ts';
import type { Table } from '../core/ports.ts';
import type { InstanceRecord } from '../core/types.ts';
import { type ReadPorts, readSteady } from './journal-read.ts';

/** What became of how many. */
export interface Verified {
  instances: number;
  entries: number;
  /** Instances that stay faulty. */
  faulty: number;
  /** Instances whose record was written anew, and that are whole now. */
  rebuilt: number;
  /** Instances that changed too often to be read. */
  busy: number;
}

/** What there is to say of one instance. */
export type Finding =
  | { flow: string; flowId: string; came: 'faulty'; faults: JournalFault[] }
  | { flow: string; flowId: string; came: 'rebuilt'; version: number }
  | { flow: string; flowId: string; came: 'busy' };

export interface VerifyOptions {
  /** Writes records that are lost, where the chain of the entries is whole. */
  rebuild?: boolean;
  onFinding: (finding: Finding) => void;
  progress?: (instances: number) => void;
}

const AT_ONCE = 8;

/**
 * @param partitions those of the flow, in pages; each once.
 * @throws DetentError `table-unavailable`: what has been found till then has been told.
 */
export async function verify(
  ports: ReadPorts,
  flow: string,
  partitions: AsyncIterable<string[]>,
  { rebuild = false, onFinding, progress = () => {} }: VerifyOptions,
): Promise<Verified> {
  const verified: Verified = { instances: 0, entries: 0, faulty: 0, rebuilt: 0, busy: 0 };

  async function one(flowId: string): Promise<Finding | undefined> {
    const reading = await readSteady(ports, flow, flowId);
    if (!reading) return { flow, flowId, came: 'busy' };
    const { faults, record, entries } = reading;
    verified.entries += entries.length;
    if (faults.length === 0) return undefined;
    const isLost = faults.every(({ fault }) => fault === 'lost');
    if (!rebuild || !isLost || !record) return { flow, flowId, came: 'faulty', faults };
    // Where somebody else was faster, the next run tells whether that is whole.
    const written = await writeRecord(ports.table, record);
    return written
      ? { flow, flowId, came: 'rebuilt', version: record.version }
      : { flow, flowId, came: 'busy' };
  }

  const left = each(partitions, partition(flow, '').length, () => progress(verified.instances));
  async function worker(): Promise<void> {
    for await (const flowId of left) {
      const finding = await one(flowId);
      verified.instances++;
      if (finding) {
        verified[finding.came]++;
        onFinding(finding);
      }
      progress(verified.instances);
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return verified;
}

/** The ids in the keys of partitions, one after the other: the next page is read when the last one is used up. */
async function* each(pages: AsyncIterable<string[]>, prefix: number, onPage: () => void) {
  for await (const page of pages) {
    for (const pk of page) yield pk.slice(prefix);
    onPage();
  }
}

/** @returns whether it was written: on condition that there is none. */
async function writeRecord(table: Table, record: InstanceRecord): Promise<boolean> {
  const key = recordKey(record.flow, record.flowId);
  const outcome = await table.transact([{ op: 'put', key, item: recordItem(record), if: { absent: true } }]);
  return outcome === 'committed';
}

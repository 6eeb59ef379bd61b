/** Starts: of the embedded process, beside Node itself and beside many instances on the disk; of each Lambda function, cold. */
import type { Bench, Part, Result } from '../report/result.ts';
import { type Measured, measuredFunctions } from './functions.ts';
import { readyTimes } from './ready.ts';

const INSTANCES = 1e6;
/** The aim with a million instances on the disk, in ms. */
const READY_MS = 1_500;

async function ready(bench: Bench): Promise<Result[]> {
  const { node, first, empty, many } = await readyTimes(bench, INSTANCES, 5);
  const started = (name: string, value: number, limit: number): Result => ({
    name: `start.ready.${name}`,
    ...{ value, unit: 'ms', limit, ratio: value / limit },
  });
  return [
    { name: 'limit.start.node', value: node, unit: 'ms' },
    started('first', first, node),
    started('empty', empty, node),
    started('1e6', many, empty),
    started('1e6.allowed', many, READY_MS),
  ];
}

/** `actions/verify-otp` is `cold.verify-otp`. */
const nameOf = ({ entry }: Measured): string => `cold.${entry?.replace(/^actions\//, '') ?? 'action-alone'}`;

/** Beside the import of its SDK clients; of a function that brings none, beside the quickest import of any client. */
async function cold(bench: Bench): Promise<Result[]> {
  bench.progress('cold starts: bundles');
  const all: Measured[] = [];
  for await (const measured of measuredFunctions(bench.quick ? 1 : 5)) {
    all.push(measured);
    bench.progress(nameOf(measured));
  }
  const withClients = all.filter(({ clients }) => clients > 0);
  const quickest = Math.min(...withClients.map(({ baseline }) => baseline.processor));
  return all.flatMap((measured): Result[] => {
    const { bytes, times, limits, clients } = measured;
    const [name, value] = [nameOf(measured), times.processor];
    const limit = clients > 0 ? measured.baseline.processor : quickest;
    return [
      { name: `${name}.import`, value, unit: 'ms', limit, ratio: value / limit },
      {
        name: `${name}.size`,
        ...{ value: bytes, unit: 'bytes', limit: limits.bytes, ratio: bytes / limits.bytes },
      },
    ];
  });
}

export const part: Part = {
  name: 'start',
  title: 'Starts: the embedded process with a million instances, and each Lambda function cold',
  measure: async (bench) => [...(await ready(bench)), ...(await cold(bench))],
};

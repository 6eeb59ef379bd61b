/** Logins, again and again, in a process of its own: what it holds after each step. Needs `--expose-gc`. */
import { openRuntime } from '../../local/runtime.ts';
import { cheap, inLanes, logIn, putUsers, unlimited } from '../logins.ts';
import { inputOf, say } from '../start/child.ts';

export interface Run {
  folder: string;
  /** Sampled there, the first and the last included; ascending. */
  steps: number[];
  /** No step is begun after so long, in ms. */
  capMs: number;
}

export interface Sample {
  logins: number;
  /** In bytes, after a collection: the most of what was seen around this step. */
  heap: number;
  rss: number;
}

const AT_ONCE = 64;
/** What is cached comes and goes in generations; one sample may see it full or empty. */
const LOOKS = 6;
const BETWEEN_LOOKS = 500;

const { folder, steps, capMs } = inputOf<Run>();
const runtime = await openRuntime({
  dataDir: folder,
  settings: unlimited,
  observe: () => {},
  phone: { send: async () => ({ receipt: 'bench' }) },
  reconcileEveryMs: 1_000,
});
await putUsers(runtime.table, AT_ONCE, cheap);
const begin = performance.now();
const samples: Sample[] = [];
let done = 0;
for (const step of steps) {
  if (performance.now() - begin > capMs) break;
  await logins(step - LOOKS * BETWEEN_LOOKS - done);
  samples.push(await look());
  process.stderr.write(`${done} of ${steps.at(-1)} logins\n`);
}
await runtime.close();
say({ samples });

async function look(): Promise<Sample> {
  let most = { heap: 0, rss: 0 };
  for (let n = 0; n < LOOKS; n++) {
    await logins(BETWEEN_LOOKS);
    await runtime.idle();
    for (let n = 0; n < 2; n++) globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    most = { heap: Math.max(most.heap, heapUsed), rss: Math.max(most.rss, rss) };
  }
  return { logins: done, ...most };
}

async function logins(count: number): Promise<void> {
  await inLanes(count, AT_ONCE, (user) => logIn(runtime, { user, fresh: true }));
  done += count;
}

/** Where the processes of a run live: one on a data file, or several on a database. */
import { createDeliverer } from '../../../core/deliver.ts';
import { createReconciler } from '../../../core/reconciler.ts';
import { createRelay } from '../../../core/relay.ts';
import type { Item } from '../../../core/types.ts';
import { startEngine } from '../../../local/engine.ts';
import { testSecrets } from '../../support/world.ts';
import { LateIndex } from './late-index.ts';
import { type Kit, Process } from './process.ts';
import type { Waiter } from './scheduler.ts';
import { Storage } from './storage.ts';
import type { Surroundings } from './surroundings.ts';
import { FileView, NetworkView } from './table-view.ts';

/** How far the clocks of several machines are off at the most. */
export const SKEW_MS = 1_000;
/** How often the reconciler comes at the most when all is calm: that is long, and a look costs real time. */
const CALM_MS = 15_000;

interface Machine {
  kind: 'embedded' | 'distributed';
  storage: Storage;
  processes: () => Process[];
  start(): void;
  stop(): void;
}

export function createMachine(around: Surroundings, kits: Kit[]): Machine {
  return around.chance('machine').chance(0.5) ? embedded(around, kits) : distributed(around, kits);
}

/** One process; after it has died another one starts on the same file, as `local/runtime.ts` does. */
function embedded(around: Surroundings, kits: Kit[]): Machine {
  const storage = new Storage(around, true);
  const chance = around.chance('disk');
  const everyMs = chance.pick([2_000, 15_000, 60_000]);
  let current: Process | undefined;
  let started = 0;
  let stopped = false;

  function start(): void {
    if (stopped) return;
    const process = new Process(around, `process-${++started}`, 0, () => {
      // Seldom, nobody starts it again for a while.
      void around.delay(100, chance.chance(0.05) ? 400_000 : 10_000).then(start);
    });
    current = process;
    around.trace.add({ what: 'started', process: process.name, detail: 'embedded' });
    storage.reopen();
    const table = new FileView(around, storage, process);
    const engine = startEngine({ ...process.ports(kits, table, testSecrets), table });
    process.running = engine;
    void again(around, process, everyMs, () => engine.redrive());
  }

  return {
    kind: 'embedded',
    storage,
    processes: () => (current ? [current] : []),
    start,
    stop: () => {
      stopped = true;
      if (current) current.dead = true;
    },
  };
}

/** Several, that come and go; entries reach them through a stream, a schedule wakes the reconciler. */
function distributed(around: Surroundings, kits: Kit[]): Machine {
  const chance = around.chance('machines');
  const storage = new Storage(around, false);
  const index = new LateIndex(around);
  const size = chance.whole(2, 3);
  const ahead = chance.pick([0, 100, SKEW_MS]);
  const processes = new Set<Process>();
  const schedule = { dead: false, frozenUntil: 0 };
  let started = 0;

  function start(): void {
    if (schedule.dead) return;
    const process = new Process(around, `process-${++started}`, chance.whole(-ahead, ahead), () => {
      processes.delete(process);
      void around.delay(100, 5_000).then(start);
    });
    processes.add(process);
    around.trace.add({ what: 'started', process: process.name, detail: 'distributed' });
    const table = new NetworkView(around, storage, index, process);
    const ports = process.ports(kits, table, testSecrets);
    const deliverer = createDeliverer(ports);
    const relay = createRelay({ ...ports, deliver: deliverer.deliver });
    const reconcile = createReconciler({ ...ports, relay, check: deliverer.check });
    process.running = { deliverer, relay, reconcile: () => reconcile() };
  }

  const any = (): Process | undefined => {
    const [first, ...others] = [...processes].filter(({ dead }) => !dead);
    return first && chance.pick([first, ...others]);
  };

  /** Again and again until a process has taken it whole: so that it may come late, and more than once. */
  async function stream(item: Item): Promise<void> {
    const subject = `${item['flowId']}/${item['version']}`;
    if (around.strikes('change-lost', 'stream', subject)) return;
    if (around.strikes('change-twice', 'stream', subject))
      void around.delay(0, 90_000).then(() => hand(item));
    await around.delay(20, 1_000);
    if (around.strikes('change-late', 'stream', subject)) await around.delay(1_000, 300_000);
    await hand(item);
  }

  async function hand(item: Item): Promise<void> {
    for (;;) {
      const taken = await any()
        ?.ask(async ({ relay }) => relay?.handle(item))
        .catch(() => 'broken');
      if (taken !== 'broken') return;
      await around.delay(500, 5_000);
    }
  }

  return {
    kind: 'distributed',
    storage,
    processes: () => [...processes],
    start() {
      storage.table.subscribe((changes) => {
        index.follow(changes);
        for (const { key, item } of changes) {
          if (key.table === 'flows' && key.sk.startsWith('entry#') && item['revision'] === 0)
            void stream(item);
        }
      });
      for (let n = 0; n < size; n++) start();
      // Two schedules that know nothing of each other: now and then two passes run at once.
      for (const everyMs of [60_000, 97_000]) {
        void again(around, schedule, everyMs, async () => any()?.ask(({ reconcile }) => reconcile()));
      }
    },
    stop() {
      schedule.dead = true;
      for (const process of processes) process.dead = true;
    },
  };
}

async function again(
  around: Surroundings,
  waiter: Waiter,
  everyMs: number,
  task: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    await around.pause(around.faults.calm ? Math.max(everyMs, CALM_MS) : everyMs, waiter);
    await task().catch(() => undefined);
  }
}

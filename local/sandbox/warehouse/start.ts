/** Starts the sandbox warehouse beside this process, and again when it dies. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startCompanion } from '../companion.ts';
import type { Said, Told } from './main.ts';
import type { WarehouseMode } from './warehouse.ts';

export interface WarehouseOptions {
  /** Where `warehouse.db` is, or is made. */
  dataDir: string;
  /** Takes a report; what it throws makes the report come again. */
  onReport: (text: string) => Promise<void>;
  /** Hears of a start that came to nothing, in words for a person. It is tried again. */
  onFailure?: (message: string) => void;
}

export interface StartedWarehouse {
  /** @returns `taken`: it is on its disk; `away`: it may have it or not; `refused`: it is no command. */
  tell(text: string): Promise<'taken' | 'away' | 'refused'>;
  setMode(mode: WarehouseMode): void;
  pid(): number | undefined;
  /** The id of the process that runs now; undefined where it is being started again. */
  running(): number | undefined;
  /** Ends that as kill -9 does, and it is started again. @returns whether there was one, once it has ended. */
  kill(): Promise<boolean>;
  stop(): Promise<void>;
}

const TAKE_MS = 5_000;

export async function startWarehouse({
  dataDir,
  onReport,
  onFailure = () => {},
}: WarehouseOptions): Promise<StartedWarehouse> {
  let mode: WarehouseMode = 'prompt';
  let commands = 0;
  const waiting = new Map<number, (taken: 'taken' | 'away' | 'refused') => void>();

  const send = (to: ChildProcess | undefined, one: Told): void => {
    if (to?.connected) to.send(one, () => {});
  };

  const companion = await startCompanion({
    name: 'The sandbox warehouse',
    program: join(import.meta.dirname, 'main.ts'),
    order: () => ({ do: 'open', dataDir, mode }) satisfies Told,
    isOpen: (message) => (message as Said).say === 'open',
    opened: (child) => send(child, { do: 'mode', mode }),
    heard(child, message) {
      const said = message as Said;
      if (said.say === 'taken') waiting.get(said.n)?.(said.isCommand ? 'taken' : 'refused');
      // One that does not arrive is said again.
      if (said.say === 'report')
        void onReport(said.text).then(
          () => send(child, { do: 'reported', n: said.n }),
          () => {},
        );
    },
    gone() {
      for (const settle of waiting.values()) settle('away');
    },
    onFailure,
  });

  return {
    async tell(text) {
      const child = companion.child();
      if (!child?.connected) return 'away';
      const n = ++commands;
      const taken = new Promise<'taken' | 'away' | 'refused'>((resolve) => waiting.set(n, resolve));
      send(child, { do: 'take', n, text });
      const late = wait(TAKE_MS, 'away' as const, { ref: false });
      return Promise.race([taken, late]).finally(() => waiting.delete(n));
    },
    setMode(wanted) {
      mode = wanted;
      send(companion.child(), { do: 'mode', mode });
    },
    pid: () => companion.child()?.pid,
    running: companion.running,
    kill: companion.kill,
    stop: () => companion.stop(),
  };
}

/** Starts the sandbox warehouse beside this process, and again when it dies. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
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
  stop(): Promise<void>;
}

const TAKE_MS = 5_000;
const START_MS = 10_000;
/** Before it is started again; doubles up to the longest. */
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export async function startWarehouse({
  dataDir,
  onReport,
  onFailure = () => {},
}: WarehouseOptions): Promise<StartedWarehouse> {
  let mode: WarehouseMode = 'prompt';
  let stopping = false;
  let child: ChildProcess | undefined;
  let commands = 0;
  const waiting = new Map<number, (taken: 'taken' | 'away' | 'refused') => void>();

  const send = (to: ChildProcess | undefined, one: Told): void => {
    if (to?.connected) to.send(one, () => {});
  };

  function heard(from: ChildProcess, said: Said): void {
    if (said.say === 'taken') waiting.get(said.n)?.(said.isCommand ? 'taken' : 'refused');
    // One that does not arrive is said again.
    if (said.say === 'report')
      void onReport(said.text).then(
        () => send(from, { do: 'reported', n: said.n }),
        () => {},
      );
  }

  /** @returns whether it is open now. */
  async function start(): Promise<boolean> {
    const made = fork(join(import.meta.dirname, 'main.ts'), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    let words = '';
    made.on('error', () => {});
    made.stderr?.on('data', (data) => (words = `${words}${data}`.slice(-2_000)));
    const opened = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => made.kill('SIGKILL'), START_MS);
      made.on('message', (said: Said) => {
        if (said.say !== 'open') return heard(made, said);
        clearTimeout(timer);
        resolve(true);
      });
      made.once('exit', () => {
        clearTimeout(timer);
        for (const settle of waiting.values()) settle('away');
        resolve(false);
      });
    });
    send(made, { do: 'open', dataDir, mode });
    const isOpen = await opened;
    if (!isOpen) {
      onFailure(`The sandbox warehouse does not start. ${words.trim().split('\n').at(-1) ?? ''}`);
      return false;
    }
    // It must not keep this process alive.
    made.unref();
    made.channel?.unref();
    (made.stderr as { unref?: () => void } | null)?.unref?.();
    child = made;
    if (made.exitCode !== null || made.signalCode !== null) return false;
    made.once('exit', () => void again());
    if (stopping) made.kill('SIGKILL');
    else send(made, { do: 'mode', mode });
    return true;
  }

  async function again(): Promise<void> {
    for (let pause = PAUSE_MS; !stopping; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await wait(pause, undefined, { ref: false });
      if (stopping || (await start())) return;
    }
  }

  if (!(await start())) void again();
  return {
    async tell(text) {
      if (!child?.connected) return 'away';
      const n = ++commands;
      const taken = new Promise<'taken' | 'away' | 'refused'>((resolve) => waiting.set(n, resolve));
      send(child, { do: 'take', n, text });
      const late = wait(TAKE_MS, 'away' as const, { ref: false });
      return Promise.race([taken, late]).finally(() => waiting.delete(n));
    },
    setMode(wanted) {
      mode = wanted;
      send(child, { do: 'mode', mode });
    },
    pid: () => child?.pid,
    async stop() {
      stopping = true;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A process beside this one that plays a part of the world outside: started, started again when it dies, stopped. */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

export interface CompanionOptions {
  /** For a person: `The sandbox gateway`. */
  name: string;
  /** The file of its program. */
  program: string;
  /** The first message that it gets. A secret may be in it, which an argument would show to everybody. */
  order(): object;
  /** Whether a message says that it is open; others go to `heard`. */
  isOpen(message: unknown): boolean;
  /** Once it is open, each time: by then it may have been ordered otherwise. */
  opened(child: ChildProcess): void | Promise<void>;
  heard?(child: ChildProcess, message: unknown): void;
  /** It has ended, however that was. */
  gone?(): void;
  /** Hears of a start that came to nothing, in words for a person. It is tried again. */
  onFailure(message: string): void;
}

export interface Companion {
  /** The newest process; undefined as long as none has been open. */
  child(): ChildProcess | undefined;
  /** The id of the process that runs now; undefined where there is none just now. */
  running(): number | undefined;
  /** Ends it as kill -9 does, and it is started again. @returns whether there was one, once it has ended. */
  kill(): Promise<boolean>;
  stop(): Promise<void>;
  isStopping(): boolean;
}

const START_MS = 10_000;
/** Before it is started again; doubles up to the longest. */
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** One that does not start is tried again in the background: a world that is down is no reason to be down. */
export async function startCompanion(options: CompanionOptions): Promise<Companion> {
  let stopping = false;
  let child: ChildProcess | undefined;

  async function start(): Promise<boolean> {
    try {
      const made = await launched(options);
      child = made;
      made.once('exit', () => void again());
      // It may have ended between its word and this.
      if (isOver(made)) return false;
      if (stopping) made.kill('SIGKILL');
      else await options.opened(made);
      return true;
    } catch (error) {
      options.onFailure((error as Error).message);
      return false;
    }
  }

  async function again(): Promise<void> {
    for (let pause = PAUSE_MS; !stopping; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await wait(pause, undefined, { ref: false });
      if (stopping || (await start())) return;
    }
  }

  async function kill(): Promise<boolean> {
    const victim = child;
    if (!victim || isOver(victim)) return false;
    const ended = new Promise((resolve) => victim.once('exit', resolve));
    victim.kill('SIGKILL');
    await ended;
    return true;
  }

  if (!(await start())) void again();
  return {
    child: () => child,
    running: () => (child && !isOver(child) ? child.pid : undefined),
    kill,
    isStopping: () => stopping,
    async stop() {
      stopping = true;
      await kill();
    },
  };
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** @returns the process, once it is open. */
async function launched(options: CompanionOptions): Promise<ChildProcess> {
  const { name, program, order, isOpen, heard, gone } = options;
  const child = fork(program, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  // Where it has gone already, its exit says more.
  child.on('error', () => {});
  let said = '';
  child.stderr?.on('data', (data) => (said = `${said}${data}`.slice(-2_000)));
  child.send(order());
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
    child.on('message', (message) => {
      if (!isOpen(message)) return heard?.(child, message);
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', () => {
      clearTimeout(timer);
      gone?.();
      reject(new Error(`${name} does not start. ${said.trim().split('\n').at(-1) ?? ''}`));
    });
  });
  // It must not keep this process alive.
  child.unref();
  child.channel?.unref();
  (child.stderr as { unref?: () => void } | null)?.unref?.();
  return child;
}

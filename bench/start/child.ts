/** Processes beside the measuring one: they have a heap, a garbage collector and an event loop of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { killedAtEnd } from './ending.ts';

/** What a process of ours prints when it is ready, with its address. */
const READY = /^ready (http:\/\/\S+)\n/m;

export interface Server {
  url: string;
  /** From the start of the process to its ready line, in ms. */
  readyMs: number;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

export interface Launch {
  /** Path of the module from the root of the repository; none where the options say what is run. */
  module?: string;
  args?: string[];
  /** Options of Node itself. */
  options?: string[];
  /** In addition to where programs and temporary files are: the rest of our own environment is kept away. */
  environment?: { [variable: string]: string };
  /** Gets what it says on stderr. */
  told?: (text: string) => void;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Without the last three, a process on Windows has no sockets, and no temporary folder. */
const INHERITED = ['PATH', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP'];

const inherited = (): { [variable: string]: string } =>
  Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

function launch({ module, args = [], options = [], environment = {}, told }: Launch): {
  child: ChildProcess;
  output: { text: string };
  failed: Promise<never>;
} {
  const child = spawn(process.execPath, [...options, ...(module ? [module] : []), ...args], {
    cwd: root,
    env: { ...inherited(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  killedAtEnd(child);
  const output = { text: '' };
  let said = '';
  child.stdout?.on('data', (data) => (output.text += String(data)));
  child.stderr?.on('data', (data) => {
    said = (said + String(data)).slice(-2_000);
    told?.(String(data).trimEnd());
  });
  const failed = once(child, 'close').then(([code]) => {
    throw new Error(`${module ?? options.join(' ')} ended with ${code}: ${said}`);
  });
  // Whoever waits hears of it; a process that is to end is no failure.
  failed.catch(() => {});
  return { child, output, failed };
}

/**
 * Starts a server and waits for its ready line.
 *
 * @throws Error with the end of what it said on stderr, where it ends before.
 */
export async function startServer(how: Launch): Promise<Server> {
  const begin = performance.now();
  const { child, output, failed } = launch(how);
  const url = await Promise.race([failed, readyLine(child, output)]);
  const readyMs = performance.now() - begin;
  return {
    ...{ url, readyMs },
    async stop() {
      child.kill('SIGTERM');
      await failed.catch(() => {});
    },
  };
}

function readyLine(child: ChildProcess, output: { text: string }): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.on('data', () => {
      const url = READY.exec(output.text)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

/**
 * Runs a process to its end.
 *
 * @returns the JSON that it prints.
 * @throws Error with the end of what it said on stderr, where it fails.
 */
export async function resultOf<Result>(how: Launch): Promise<Result> {
  const { child, output, failed } = launch(how);
  await once(child, 'close').then(([code]) => (code === 0 ? undefined : failed));
  return JSON.parse(output.text) as Result;
}

/** Runs a module that takes one argument, JSON, and prints its result: as `resultOf`. */
export const runModule = <Result>(
  module: string,
  input: object,
  how: Omit<Launch, 'module' | 'args'> = {},
): Promise<Result> => resultOf<Result>({ ...how, module, args: [JSON.stringify(input)] });

/** The one argument of a module that `runModule` runs. */
export const inputOf = <Input>(): Input => JSON.parse(process.argv[2] ?? '{}') as Input;

/** Says the result of a module that `runModule` runs. */
export const say = (result: object): void => void process.stdout.write(`${JSON.stringify(result)}\n`);

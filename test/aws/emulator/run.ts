import { spawn } from 'node:child_process';
import { binaries, root } from './paths.ts';

export interface RunOptions {
  environment?: { [name: string]: string };
  /** Prints what the command prints; otherwise only if it fails. */
  loud?: boolean;
}

/** The tools of this checkout first: its Node above all. */
export const searchPath = `${binaries}:${process.env['PATH']}`;

/**
 * The environment without anything that speaks of AWS: a profile or a session of the shell would win over the emulator's own.
 */
export const neutral = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
);

/**
 * Runs a command at the top of the checkout.
 *
 * @throws Error with the last lines that it printed.
 */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { environment = {}, loud = false } = options;
  const child = spawn(command, args, {
    cwd: root,
    env: { ...neutral, PATH: searchPath, ...environment },
    stdio: ['ignore', loud ? 'inherit' : 'pipe', loud ? 'inherit' : 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  if (code === 0) return said;
  const last = said.trimEnd().split('\n').slice(-30).join('\n');
  throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${last}`);
}

/** One line for each step of long work. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Kills functions in the middle of their work. No API of AWS does that; MiniStack runs each environment of a function as a
 * process of this machine, whose command line holds the function's name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Deployment } from './deployment.ts';

/**
 * Kills (SIGKILL) all processes of a function; the next call starts another.
 *
 * @returns how many.
 * @throws Error where there is none: under another emulator, or on another system than Linux, nothing would be shown.
 */
export function killFunction({ endpoint }: Pick<Deployment, 'endpoint'>, functionName: string): number {
  // Functions have the same names in every emulator, and inherit its port.
  const port = `GATEWAY_PORT=${new URL(endpoint).port}`;
  const pids = readdirSync('/proc').filter(
    (name) =>
      /^\d+$/.test(name) &&
      read(name, 'cmdline').some((word) => word.includes(`-${functionName}-`)) &&
      read(name, 'environ').includes(port),
  );
  if (pids.length === 0) {
    throw new Error(
      `No process of ${functionName} is under /proc. This test kills it, and needs MiniStack on this Linux machine, not in Docker.`,
    );
  }
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  return pids.length;
}

/** Texts that end with a zero byte. None where the process has just ended, or is not ours. */
function read(pid: string, file: 'cmdline' | 'environ'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

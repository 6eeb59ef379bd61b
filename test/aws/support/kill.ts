/** Ends the process that runs a function, as a machine that fails would. */
import { readdirSync, readFileSync } from 'node:fs';
import { readState } from '../emulator/state.ts';

/**
 * Kills every process of a function. It needs an emulator that runs functions as processes of this machine and names them
 * on their command lines, as MiniStack does.
 *
 * @throws Error where there is none: a test that asks for a kill has shown nothing without it.
 */
export function killFunction(physicalName: string): void {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(pid, 'cmdline').includes(`-${physicalName}-`) && isOurs(pid));
  if (found.length === 0) {
    throw new Error(
      `No process of ${physicalName} was found under /proc to kill. This test needs MiniStack without Docker, on Linux.`,
    );
  }
  for (const pid of found) process.kill(Number(pid), 'SIGKILL');
}

/** Another emulator on this machine may run functions of the same name. */
function isOurs(pid: string): boolean {
  const emulator = readState()?.pid;
  return emulator === undefined || read(pid, 'status').includes(`PPid:\t${emulator}\n`);
}

/** Processes come and go while one looks. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Disks that a test can fill under a running process, and empty again. Linux only; no privileges needed. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Started } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

export interface Disk {
  /** The folder on it, as a process sees it that was started `under`. */
  folder: string;
  /** The same folder, as the test sees it. */
  seen: string;
  /** What a process must be started under, to be on this disk as it is now. */
  under(): string[];
  /** Leaves so many bytes to each file (or to all). */
  fill(bytesLeft: number, ...running: Started[]): void;
  empty(...running: Started[]): void;
  remove(): void;
}

/** The kernel writes no byte of a file beyond a limit: SQLite is told EFBIG, in the midst of a commit. */
async function limitedFiles(): Promise<Disk> {
  const { path: folder, remove } = temporaryFolder();
  const log = join(folder, 'detent.db-wal');
  let limit = 'unlimited';
  const set = (to: number | 'unlimited', running: Started[]) => {
    limit = `--fsize=${to}:unlimited`;
    for (const { child } of running) execFileSync('prlimit', ['--pid', String(child.pid), limit]);
  };
  return {
    ...{ folder, seen: folder, remove },
    under: () => (limit === 'unlimited' ? [] : ['prlimit', limit]),
    fill: (bytesLeft, ...running) => set((existsSync(log) ? statSync(log).size : 0) + bytesLeft, running),
    empty: (...running) => set('unlimited', running),
  };
}

/** A file system of two megabytes, in a namespace of its own: SQLite is told ENOSPC. */
async function smallDisk(): Promise<Disk> {
  const { path: folder, remove } = temporaryFolder();
  // It ends with the test, since then its input does.
  const holder = spawn('unshare', [
    ...namespace,
    'sh',
    '-c',
    `${mount} "$1" && echo ready && exec cat`,
    'sh',
    folder,
  ]);
  await once(holder.stdout, 'data');
  const seen = `/proc/${holder.pid}/root${folder}`;
  const ballast = join(seen, 'ballast');
  return {
    ...{ folder, seen },
    under: () => ['nsenter', '--preserve-credentials', '--user', '--mount', '--target', String(holder.pid)],
    fill(bytesLeft) {
      try {
        writeFileSync(ballast, Buffer.alloc(2 * MEGABYTE));
      } catch {
        truncateSync(ballast, statSync(ballast).size - bytesLeft);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove() {
      holder.kill();
      remove();
    },
  };
}

const MEGABYTE = 1024 * 1024;
const namespace = ['--user', '--map-root-user', '--mount'];
const mount = `mount -t tmpfs -o size=${2 * MEGABYTE} none`;

const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

/** Not every system has the command, and not every one that has it is Linux. */
const mayLimit = () => works('prlimit', '--fsize=unlimited:unlimited', 'true');

/** Containers often forbid file systems of one's own. */
const mayMount = () => works('unshare', ...namespace, 'sh', '-c', `${mount} /mnt`);

export const disks: { name: string; open: () => Promise<Disk>; here: boolean }[] = [
  { name: 'a limit on the size of files', open: limitedFiles, here: mayLimit() },
  { name: 'a small disk', open: smallDisk, here: mayMount() },
];

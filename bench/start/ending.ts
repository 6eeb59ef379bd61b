/** Nothing stays behind where a process of the benchmark ends, by itself or by a signal: no folder, no other process. */
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';

const folders = new Set<string>();
const children = new Set<ChildProcess>();

/** As long as children that are killed have to be gone, in ms. */
const PATIENCE = 2_000;

function remove(folder: string): void {
  // A child that has just been killed may still have written something.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let isHandled = false;

/**
 * The folder goes when this process ends, at the latest.
 *
 * @returns removes it at once.
 */
export function removedAtEnd(folder: string): () => void {
  if (!isHandled) process.on('exit', () => [...folders].map(remove));
  isHandled = true;
  folders.add(folder);
  return () => {
    remove(folder);
    folders.delete(folder);
  };
}

/** The child is killed where a signal ends this process before. */
export function killedAtEnd(child: ChildProcess): void {
  children.add(child);
  child.once('close', () => children.delete(child));
}

/**
 * From now on SIGINT, SIGTERM and SIGHUP kill the children, remove the folders, and end this process with 130, 143 or 129.
 *
 * @returns takes that back.
 */
export function endOnSignals(): () => void {
  const end = async (signal: (typeof signals)[number]) => {
    const gone = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of children) child.kill('SIGKILL');
    setTimeout(() => process.exit(128 + constants.signals[signal]), PATIENCE);
    await Promise.all(gone);
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

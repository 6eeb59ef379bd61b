/** Committed transitions as lines of a file, for whoever reads along (`tail -f`). */
import { type FileHandle, open } from 'node:fs/promises';
import type { Publisher } from '../../core/publication.ts';

export interface FactsFile {
  publish: Publisher;
  close(): Promise<void>;
}

/**
 * Appends each message as a line of JSON, and has it on the disk before it counts as told. A line that was cut short (by a crash, by
 * a full disk) was not told; it comes again, on a line of its own. The file is never shortened: who wants less moves it away
 * while the process does not run.
 */
export async function openFactsFile(path: string): Promise<FactsFile> {
  const file = await open(path, 'a+', 0o600);
  let torn = !(await endsWhole(file));
  let last = Promise.resolve();

  async function append(line: string): Promise<void> {
    const before = torn ? '\n' : '';
    torn = true;
    await file.appendFile(`${before}${line}\n`);
    await file.datasync();
    torn = false;
  }
  return {
    publish(message) {
      const done = last.then(() => append(JSON.stringify(message)));
      last = done.catch(() => undefined);
      return done;
    },
    close: () => file.close(),
  };
}

async function endsWhole(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}

/** Committed transitions as lines of a file, for whoever reads along (`tail -f`). */
import { type FileHandle, open } from 'node:fs/promises';
import type { Publisher } from '../../core/publication.ts';

export interface FactsFile {
  publish: Publisher;
  close(): Promise<void>;
}

/**
 * Appends each message as a line of JSON, and has it on the disk before it counts as told. The file is never shortened: who wants
 * less moves it away while the process does not run.
 */
export async function openFactsFile(path: string): Promise<FactsFile> {
  const file = await open(path, 'a+', 0o600);
  await endLine(file);
  return {
    async publish(message) {
      await file.appendFile(`${JSON.stringify(message)}\n`);
      await file.datasync();
    },
    close: () => file.close(),
  };
}

/** A crash may have cut the last line short. It was not told as a whole, and comes again; what follows begins a line of its own. */
async function endLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer.toString() !== '\n') await file.appendFile('\n');
}

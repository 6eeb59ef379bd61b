/** Switches a deliberate bug on: the modules loaded from now on are the real ones, with its edits. */
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Edit } from './bugs.ts';

const root = resolve(import.meta.dirname, '../..');

/** @throws where an edit no longer fits its file: then it has to be written anew. */
export function hatch(edits: Edit[]): void {
  const byUrl = new Map<string, Edit[]>();
  for (const edit of edits) {
    const url = pathToFileURL(resolve(root, edit.file)).href;
    byUrl.set(url, [...(byUrl.get(url) ?? []), edit]);
  }
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const wanted = byUrl.get(url);
      if (!wanted) return loaded;
      return { ...loaded, source: wanted.reduce(edited, String(loaded.source)) };
    },
  });
}

function edited(source: string, { file, from, to }: Edit): string {
  const parts = source.split(from);
  if (parts.length !== 2)
    throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${from}`);
  return parts.join(to);
}

/** Pages that were built before, from a folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const types: { [extension: string]: string } = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Every file of a folder and of those in it that a page may ask for, with its media type. `path` is where it lies, from a slash on:
 * `/assets/index-4fE9.js`; an `index.html` at the top is `/`.
 *
 * @throws where the folder is not there (`ENOENT`).
 */
export function readPageFiles(
  folder: string,
): { path: string; body: Uint8Array<ArrayBuffer>; type: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .flatMap((name) => {
      const type = types[extname(name)];
      const path = `/${name.replaceAll('\\', '/')}`;
      return type
        ? [{ path: path === '/index.html' ? '/' : path, body: readFileSync(join(folder, name)), type }]
        : [];
    });
}

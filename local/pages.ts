/** The pages of the embedded process: the login page, as everywhere, with a demonstration beside it; the demonstrations; the inspector. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPageFiles } from '../adapters/page-files.ts';
import type { PageFile } from '../api/pages.ts';

/** What `npm run build:client` makes. */
const BUILT = fileURLToPath(new URL('../dist/client/', import.meta.url));

/** Where the pages are served that only this process has. */
const addresses: { [file: string]: string } = {
  '/inspector/index.html': '/inspect',
  '/demo/shop.html': '/demo/shop',
  '/demo/payments.html': '/demo/payments',
};

/** What to open, for a person: the name of each page and its path. */
export const PAGES: readonly (readonly [name: string, path: string])[] = [
  ['login', '/'],
  ['shop', '/demo/shop'],
  ['payments', '/demo/payments'],
  ['inspector', '/inspect'],
];

/**
 * All pages, with their scripts, styles and pictures; where they have not been built, one that says how.
 *
 * @param folder for tests.
 */
export function embeddedPages(folder = BUILT): PageFile[] {
  const [login, own] = [join(folder, 'login'), join(folder, 'embedded')];
  const manifest = join(own, 'manifest.json');
  // A build that was broken off has not come to these.
  if (!existsSync(join(login, 'index.html')) || !existsSync(manifest)) return [unbuilt];
  const beside = besideLogin(readFileSync(manifest, 'utf8'));
  const shared = readPageFiles(login).map((file) => (file.path === '/' ? marked(file, beside) : file));
  const ours = readPageFiles(own).map((file) => ({ ...file, path: addresses[file.path] ?? file.path }));
  return [...shared, ...ours];
}

const unbuilt: PageFile = {
  path: '/',
  body: Buffer.from(
    'The pages have not been built: run npm run build:client, and start again. The API is there.\n',
  ),
  type: 'text/plain; charset=utf-8',
};

/** The place in the login page where what is beside it goes. */
const MARK = '<!-- beside -->';

function marked(file: PageFile, beside: string): PageFile {
  const html = `${Buffer.from(file.body)}`;
  if (!html.includes(MARK)) throw new Error(`the login page has no place for what is beside it: ${MARK}`);
  return { ...file, body: Buffer.from(html.replace(MARK, () => beside)) };
}

interface Built {
  file: string;
  css?: string[];
  imports?: string[];
}

/** The script that shows what is beside the login page, with its styles; by Vite's manifest (vite.dev/guide/backend-integration). */
function besideLogin(manifest: string): string {
  const built: { [source: string]: Built } = JSON.parse(manifest);
  const script = built['demo/beside-login.tsx'];
  if (!script) throw new Error('demo/beside-login.tsx is not in what was built');
  const chunks = new Set<Built>();
  const take = (chunk: Built): void => {
    if (chunks.has(chunk)) return;
    chunks.add(chunk);
    for (const name of chunk.imports ?? []) if (built[name]) take(built[name]);
  };
  take(script);
  const styles = new Set([...chunks].flatMap(({ css = [] }) => css));
  return [
    ...[...styles].map((file) => `<link rel="stylesheet" href="/${file}" />`),
    '<aside id="beside" aria-label="Demonstration"></aside>',
    `<script type="module" src="/${script.file}"></script>`,
  ].join('\n    ');
}

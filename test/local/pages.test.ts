/** What the embedded process makes of the built pages. The build itself is another test's matter. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { embeddedPages } from '../../local/pages.ts';
import { temporaryFolder } from '../support/tables.ts';

const folder = temporaryFolder();
afterEach(() => folder.remove());

function write(files: { [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder.path, path, '..'), { recursive: true });
    writeFileSync(join(folder.path, path), text);
  }
}

test('says how to build them where that has not been done', () => {
  const [only, ...others] = embeddedPages(join(folder.path, 'nothing'));
  expect(others).toEqual([]);
  expect(only).toMatchObject({ path: '/', type: expect.stringContaining('text/plain') });
  expect(String(only && Buffer.from(only.body))).toContain('npm run build:client');
});

test('says so too where a build was broken off', () => {
  write({ 'login/index.html': '<!-- beside -->', 'embedded/inspector/index.html': 'inspector' });
  expect(embeddedPages(folder.path)).toMatchObject([{ path: '/', type: 'text/plain; charset=utf-8' }]);
});

test('refuses a login page without a place for the demonstration', () => {
  const manifest = JSON.stringify({ 'demo/beside-login.tsx': { file: 'a.js' } });
  write({ 'login/index.html': '<main></main>', 'embedded/manifest.json': manifest });
  expect(() => embeddedPages(folder.path)).toThrow('no place for what is beside it');
});

test('puts the demonstration beside the login page, and each page at its address', () => {
  write({
    'login/index.html': '<body><main></main><!-- beside --></body>',
    'login/assets/index-1.js': '1',
    'embedded/inspector/index.html': 'inspector',
    'embedded/demo/shop.html': 'shop',
    'embedded/demo/payments.html': 'payments',
    'embedded/inspect/assets/beside-2.js': '2',
    'embedded/manifest.json': JSON.stringify({
      _shared: {
        file: 'inspect/assets/shared-3.js',
        imports: ['_deep'],
        css: ['inspect/assets/shared-4.css'],
      },
      _deep: { file: 'inspect/assets/deep-6.js', imports: ['_shared'], css: ['inspect/assets/deep-7.css'] },
      'demo/beside-login.tsx': {
        file: 'inspect/assets/beside-2.js',
        imports: ['_shared'],
        css: ['inspect/assets/beside-5.css'],
      },
    }),
  });
  const pages = new Map(embeddedPages(folder.path).map(({ path, body }) => [path, `${Buffer.from(body)}`]));
  expect([...pages.keys()].sort()).toEqual([
    '/',
    '/assets/index-1.js',
    '/demo/payments',
    '/demo/shop',
    '/inspect',
    '/inspect/assets/beside-2.js',
  ]);
  expect(pages.get('/inspect')).toBe('inspector');
  const beside = pages.get('/') ?? '';
  expect(beside).not.toContain('<!--');
  expect(beside.match(/(?:src|href)="[^"]+"/g)).toEqual([
    'href="/inspect/assets/beside-5.css"',
    'href="/inspect/assets/shared-4.css"',
    'href="/inspect/assets/deep-7.css"',
    'src="/inspect/assets/beside-2.js"',
  ]);
  expect(beside).toContain('<aside id="beside"');
});

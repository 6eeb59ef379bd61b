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

test('puts the demonstration beside the login page, and each page at its address', () => {
  write({
    'login/index.html': '<body><main></main><!-- beside --></body>',
    'login/assets/index-1.js': '1',
    'embedded/inspector/index.html': 'inspector',
    'embedded/demo/shop.html': 'shop',
    'embedded/demo/payments.html': 'payments',
    'embedded/inspect/assets/beside-2.js': '2',
    'embedded/manifest.json': JSON.stringify({
      _shared: { file: 'inspect/assets/shared-3.js', css: ['inspect/assets/shared-4.css'] },
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
    'src="/inspect/assets/beside-2.js"',
  ]);
  expect(beside).toContain('<aside id="beside"');
});

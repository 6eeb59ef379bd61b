/** Pages as both runtimes serve them: their headers, their compression, how long they may be kept. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { type PageFile, pageRoutes } from '../../api/pages.ts';
import { respond } from '../../api/problem.ts';
import { unstored } from '../../api/request.ts';

const file = (path: string, type: string, text: string): PageFile => ({
  path,
  type,
  body: Buffer.from(text),
});
const html = `<!doctype html><title>Sign in</title>${'<p>text</p>'.repeat(50)}`;
const files = [
  file('/', 'text/html; charset=utf-8', html),
  file('/assets/index-4fE9.js', 'text/javascript; charset=utf-8', 'export {};'.repeat(50)),
  file('/assets/icon-1.svg', 'image/svg+xml', '<svg/>'),
];

const app = new Hono();
app.onError((error, c) => respond(c, error, () => {}));
app.use(unstored);
pageRoutes(app, files);

const get = (path: string, headers: { [name: string]: string } = {}) => app.request(path, { headers });

test('a page may run its own scripts and styles, may ask where it came from, and nothing else', async () => {
  const { status, headers } = await get('/');
  expect(status).toBe(200);
  const policy = Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
      const [name = '', ...values] = rule.split(' ');
      return [name, values.join(' ')];
    }),
  );
  expect(policy).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self'",
    'connect-src': "'self'",
    'form-action': "'none'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  });
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
});

describe('how long it may be kept', () => {
  test.each([
    ['/', 'no-cache'],
    ['/assets/index-4fE9.js', 'public, max-age=31536000, immutable'],
    ['/assets/icon-1.svg', 'public, max-age=31536000, immutable'],
  ])('%s: %s', async (path, caching) => {
    expect((await get(path)).headers.get('cache-control')).toBe(caching);
  });
});

describe('compression', () => {
  test('where the client takes it', async () => {
    const answer = await get('/', { 'accept-encoding': 'br, gzip' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    const body = Buffer.from(await answer.arrayBuffer());
    expect(body.length).toBeLessThan(html.length / 2);
    expect(gunzipSync(body).toString()).toBe(html);
  });

  test.each<[string, string | null]>([
    ['gzip', 'gzip'],
    ['br;q=1.0, gzip;q=0.5', 'gzip'],
    ['gzip;q=0', null],
    ['br, gzip; q=0.0', null],
    ['identity', null],
    ['xgzip', null],
  ])('%s: %s', async (accepted, encoding) => {
    expect((await get('/', { 'accept-encoding': accepted })).headers.get('content-encoding')).toBe(encoding);
  });

  test('not where nothing is said, nor where nothing is gained', async () => {
    const plain = await get('/');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(html);
    const tiny = await get('/assets/icon-1.svg', { 'accept-encoding': 'gzip' });
    expect(tiny.headers.get('content-encoding')).toBeNull();
    expect(await tiny.text()).toBe('<svg/>');
  });
});

test('nothing but GET', async () => {
  const answer = await app.request('/', { method: 'POST' });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET');
  expect((await app.request('/', { method: 'HEAD' })).status).toBe(200);
});

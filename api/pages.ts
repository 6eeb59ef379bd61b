/** Pages: files that were built before, served as they are. */
import { gzipSync } from 'node:zlib';
import type { Hono } from 'hono';
import { at } from './request.ts';

/** A file of a page, and the address under which it is served. */
export interface PageFile {
  /** `/`, `/assets/index-4fE9.js`. Whatever lies in a folder `assets` has a hash of its content in its name. */
  path: string;
  body: Uint8Array<ArrayBuffer>;
  /** A media type. */
  type: string;
}

/**
 * A page runs its own scripts and styles, and talks to where it came from; to nobody else, and nothing may frame it.
 * `require-trusted-types-for`: no text becomes markup or code (w3.org/TR/trusted-types).
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** In seconds. */
const YEAR = 31_536_000;

const pageHeaders = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  // Of no effect over http.
  'strict-transport-security': `max-age=${YEAR}`,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** The pages are looked up anew each time, and are small; the rest of them never changes under its name. */
const cachingOf = (path: string): string =>
  /\/assets\//.test(path) ? `public, max-age=${YEAR}, immutable` : 'no-cache';

/** Named, and not as what is refused (RFC 9110, 12.5.3). */
const takesGzip = (accepted: string): boolean =>
  accepted.split(',').some((one) => /^\s*gzip\s*(;(?!\s*q=0(\.0*)?\s*$)|$)/i.test(one));

/** Serves each file under its path, compressed where the client takes that. */
export function pageRoutes(app: Hono, files: readonly PageFile[]): void {
  for (const { path, body, type } of files) {
    const small = gzipSync(body);
    at(app, path, {
      GET: (c) => {
        const isZipped = takesGzip(c.req.header('accept-encoding') ?? '') && small.length < body.length;
        return c.body(isZipped ? small : body, 200, {
          'content-type': type,
          'cache-control': cachingOf(path),
          vary: 'accept-encoding',
          ...(type.startsWith('text/html') && pageHeaders),
          ...(isZipped && { 'content-encoding': 'gzip' }),
        });
      },
    });
  }
}

/** `npm run bundle`: one self-contained module for each Lambda function, at dist/lambda/<entry>/index.mjs. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundles, sources } from './paths.ts';

/** The files under lambdas/ that export a handler, without their ending: `api`, `actions/verify-otp`. */
export function entries(): string[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /^export const handler\b/m.test(readFileSync(join(sources, file), 'utf8')))
    .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''))
    .sort();
}

/**
 * Bundles all entries afresh, so that no bundle outlives its entry. The SDK is in them: its version is the tested one.
 *
 * @param out the folder for them; whatever is there is deleted.
 */
export async function bundle(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  await Promise.all(
    entries().map((entry) =>
      build({
        entryPoints: [join(sources, `${entry}.ts`)],
        outfile: join(out, entry, 'index.mjs'),
        bundle: true,
        platform: 'node',
        target: 'node24',
        format: 'esm',
        // ES modules first: only they can be shaken, and that halves a bundle.
        mainFields: ['module', 'main'],
        minify: true,
        sourcemap: true,
        sourcesContent: false,
        legalComments: 'none',
        logLevel: 'warning',
        // Some packages are CommonJS within and ask for `require`.
        banner: {
          js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
        },
      }),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(bundles);

/** `npm run bundle`: one self-contained module for each Lambda function, at dist/lambda/<entry>/index.mjs; beside the API's the login page. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundles, pages, sources } from './paths.ts';

/** The files under lambdas/ that export a handler, without their ending: `api`, `actions/verify-otp`. */
export function entries(): string[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /^export const handler\b/m.test(readFileSync(join(sources, file), 'utf8')))
    .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''))
    .sort();
}

/** What a bundle is made of: for each file, how many bytes of the bundle come from it. */
export interface Contents {
  [file: string]: number;
}

/** Bundles one module with all that it imports. The SDK is in it: its version is the tested one. */
export async function bundleEntry(entryFile: string, outFile: string): Promise<Contents> {
  const { metafile } = await build({
    entryPoints: [entryFile],
    outfile: outFile,
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
    metafile: true,
    // Some packages are CommonJS within and ask for `require`.
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return Object.fromEntries(inputs.map(([file, { bytesInOutput }]) => [file, bytesInOutput]));
}

/**
 * Bundles all entries afresh, so that no bundle outlives its entry.
 *
 * @param out the folder for them; whatever is there is deleted.
 */
export async function bundle(out: string): Promise<{ [entry: string]: Contents }> {
  rmSync(out, { recursive: true, force: true });
  const made = entries().map(
    async (entry) =>
      [entry, await bundleEntry(join(sources, `${entry}.ts`), join(out, entry, 'index.mjs'))] as const,
  );
  const contents = Object.fromEntries(await Promise.all(made));
  await bundleLoginPage(join(out, 'api', 'pages'));
  return contents;
}

/** The login page, as `npm start` has it; whoever serves it finds it beside its bundle. */
async function bundleLoginPage(outDir: string): Promise<void> {
  const how = ['build', '-c', pages.config, '--mode', 'login', '--outDir', outDir];
  await promisify(execFile)(process.execPath, [pages.builder, ...how]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(bundles);

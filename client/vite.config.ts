/**
 * Two builds that share no file: `--mode login` is the login page, which both runtimes serve; `--mode embedded` are the inspector and
 * the demonstration, which only the embedded process has.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const builds: { [mode: string]: UserConfig } = {
  login: {
    root: at('login'),
    build: { outDir: at('../dist/client/login'), assetsDir: 'assets' },
  },
  embedded: {
    root: at('.'),
    build: {
      outDir: at('../dist/client/embedded'),
      assetsDir: 'inspect/assets',
      // The script that the embedded process adds to the login page is found by it.
      manifest: 'manifest.json',
      rolldownOptions: {
        input: ['inspector/index.html', 'demo/shop.html', 'demo/payments.html', 'demo/beside-login.tsx'].map(
          at,
        ),
      },
    },
  },
};

export default defineConfig(({ mode }) => {
  const build = builds[mode];
  if (!build) throw new Error(`There is no build ${mode}: use --mode ${Object.keys(builds).join(' or ')}`);
  return {
    ...build,
    logLevel: 'warn',
    build: {
      ...build.build,
      emptyOutDir: true,
      target: 'es2022',
      // A strict Content-Security-Policy takes no inline script and no data: URL.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
    },
  };
});

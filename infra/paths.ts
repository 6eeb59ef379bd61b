/** Where things lie in the checkout. */
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The entry points of the Lambda functions, and what `npm run bundle` makes of them. */
export const sources = at('lambdas');
export const bundles = at('dist/lambda');

export const definitionOf = (flow: string): string => at(`state-definitions/${flow}.asl.json`);

/** What builds the pages, and how. */
export const pages = { builder: at('node_modules/vite/bin/vite.js'), config: at('client/vite.config.ts') };

/** The login page, where the bundle has been put beside it. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readPageFiles } from '../adapters/page-files.ts';
import type { PageFile } from '../api/pages.ts';

const folder = fileURLToPath(new URL('pages/', import.meta.url));

/** None beside the sources: `npm run bundle` puts them there, and a test sees that it does. */
export const loginPage: readonly PageFile[] = existsSync(folder) ? readPageFiles(folder) : [];

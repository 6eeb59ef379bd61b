/** `npm run bench:scale`: prints the figures of docs/scale.md, and writes them there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { document, figuresOfScale } from './figures.ts';
import { withFigures } from './markdown.ts';
import { tablesOf } from './tables.ts';

const tables = tablesOf(await figuresOfScale());
for (const [name, text] of Object.entries(tables)) process.stdout.write(`${name}\n\n${text}\n`);
const before = readFileSync(document, 'utf8');
const after = withFigures(before, tables);
if (after !== before) writeFileSync(document, after);
process.stdout.write(
  after === before ? 'docs/scale.md is up to date.\n' : 'docs/scale.md was brought up to date.\n',
);

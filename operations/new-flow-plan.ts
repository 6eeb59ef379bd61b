/** What making a new flow comes to: files copied from the example, and rows in files that are there. Writes nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { mistakeIn, renamed, spellingsOf, spells } from './new-flow-names.ts';
import { parseRows, withRows } from './new-flow-rows.ts';

/** Contents by path from the top of the checkout. */
export interface Files {
  [path: string]: string;
}

export interface Plan {
  made: Files;
  changed: Files;
}

const EXAMPLE = 'examples/email-confirmation';
const ROWS = 'rows.txt';
const example = spellingsOf('email-confirmation');

/** The files of the example by the paths that they have in a checkout, with imports that fit there. */
export function exampleFiles(root: string): Files {
  const files = readdirSync(join(root, EXAMPLE), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ROWS)
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, EXAMPLE, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  return Object.fromEntries(
    files.map((path) => [path, placed(path, readFileSync(join(root, EXAMPLE, path), 'utf8'))]),
  );
}

/** In the example what belongs to the project is two folders further up. */
const placed = (path: string, text: string): string =>
  text.replace(/(?<=\b(?:from|import) ')\.{1,2}\/[^']+/g, (specifier) => {
    const target = posix.join(EXAMPLE, posix.dirname(path), specifier);
    if (target.startsWith(`${EXAMPLE}/`)) return specifier;
    const relative = posix.relative(posix.dirname(path), target);
    return relative.startsWith('.') ? relative : `./${relative}`;
  });

/** The rows of the example, as they are written down. */
export const exampleRows = (root: string): string => readFileSync(join(root, EXAMPLE, ROWS), 'utf8');

/**
 * The new flow of this name.
 *
 * @throws Error that says why the name, or the checkout, will not do.
 */
export function planOf(root: string, name: string): Plan {
  const mistake = mistakeIn(name);
  if (mistake) throw new Error(mistake);
  if (existsSync(join(root, `state-definitions/${name}.asl.json`)))
    throw new Error(`There is a flow called ${name} already. Choose another name.`);
  const names = spellingsOf(name);
  if (isReserved(names.camel)) throw new Error(taken(names.camel, 'the language'));
  // Names of constructs and outputs: no stack can have two of one name.
  const stack = readFileSync(join(root, 'infra/stack.ts'), 'utf8');
  if (new RegExp(`\\b${names.pascal}\\b`).test(stack)) throw new Error(taken(names.pascal, 'infra/stack.ts'));
  const rename = (text: string) => renamed(text, example, names);

  const files = exampleFiles(root);
  const made = Object.fromEntries(Object.entries(files).map(([path, text]) => [rename(path), rename(text)]));
  const there = Object.keys(made).filter((path) => existsSync(join(root, path)));
  if (there.length > 0)
    throw new Error(`Nothing is overwritten, and these are there: ${there.join(', ')}. Choose another name.`);

  const changed: Files = {};
  for (const rows of parseRows(rename(exampleRows(root)))) {
    const before = readFileSync(join(root, rows.file), 'utf8');
    if (rows.file.endsWith('.ts') && spells(before, names)) throw new Error(taken(names.camel, rows.file));
    changed[rows.file] = withRows(before, rows);
  }
  const clash = Object.entries(files).find(([, text]) => spells(text.replaceAll(example.camel, ''), names));
  if (clash) throw new Error(taken(names.camel, rename(clash[0])));
  return { made, changed };
}

const taken = (word: string, where: string) =>
  `The word ${word} means something else in ${where}. Choose another name, of two words perhaps.`;

function isReserved(word: string): boolean {
  try {
    new Function(`'use strict'; let ${word};`);
    return false;
  } catch {
    return true;
  }
}

/** Source files, read as text: their imports, their code without comments, their string literals. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface SourceFile {
  /** From the top of the repository, with slashes. */
  path: string;
  text: string;
}

export interface Import {
  /** As it is written. */
  from: string;
  /** Where a relative one leads, from the top of the repository. */
  target?: string;
  /** `import type`: gone before the program runs. An inline `type` leaves the import itself standing. */
  typeOnly: boolean;
  /** What stands between `import` and `from`. */
  names: string;
}

/** Folders whose files are the product, and those that look at it from outside. */
export const productFolders = [
  'core',
  'flows',
  'api',
  'adapters',
  'lambdas',
  'local',
  'operations',
  'infra',
  'client',
];
export const outerFolders = ['bench', 'test'];

export function readSources(root: string, folders = [...productFolders, ...outerFolders]): SourceFile[] {
  const there = folders.filter((folder) => existsSync(join(root, folder)));
  return there.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.([cm]?[jt]s|tsx)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({
        path: file.slice(join(root, '/').length).replaceAll('\\', '/'),
        text: readFileSync(file, 'utf8'),
      })),
  );
}

const statement = /(?:^|[\n;])\s*(?:import|export)(?:([\w$*{},\s]*[\w}*\s])\bfrom)?\s*(['"])([^'"\n]+)\2/g;
const call = /\b(?:import|require)\s*\(\s*(?:(['"])([^'"\n]+)\1)?/g;

/** Every import of a file, re-exports and `import()` included. What `import()` computes is `?`. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const code = withoutComments(text);
  const statements = [...code.matchAll(statement)].map(([, names = '', , from = '']) => ({ names, from }));
  const calls = [...code.matchAll(call)].map(([, , from = '?']) => ({ names: '*', from }));
  return [...statements, ...calls].map(({ names, from }) => ({
    from,
    names: names.trim(),
    typeOnly: /^type\b(?!\s*(,|from\b))/.test(names.trim()),
    ...(from.startsWith('.') && { target: posix.join(posix.dirname(path), from) }),
  }));
}

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
const literal = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/;
const either = new RegExp(`(${comment.source})|(${literal.source})`, 'g');

export const withoutComments = (text: string): string =>
  text.replace(either, (_all, remark: string | undefined, kept: string) =>
    remark === undefined ? kept : ' ',
  );

export const literalsOf = (text: string): string[] =>
  [...withoutComments(text).matchAll(new RegExp(literal.source, 'g'))].map(([one]) => one.slice(1, -1));

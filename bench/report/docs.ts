/** The tables of docs/performance.md, made from the results: what stands there was measured, not typed. */
import { availableParallelism } from 'node:os';
import { aimOf, isMet } from './budget.ts';
import type { Result } from './result.ts';
import { markdownTable } from './table.ts';

const begin = (name: string): string => `<!-- ${name}: written by npm run bench -->`;
const end = (name: string): string => `<!-- end of ${name} -->`;

/** Replaces what stands between the markers of a section. @throws Error where they are missing. */
export function replaced(text: string, name: string, content: string): string {
  const [from, to] = [text.indexOf(begin(name)), text.indexOf(end(name))];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no markers for ${name}`);
  return `${text.slice(0, from)}${begin(name)}\n${content}\n${text.slice(to)}`;
}

/** Which aims are met, and which are not, in a sentence for each kind. Empty where there are none. */
export function aimsOf(results: readonly Result[]): string {
  const said = (met: boolean) =>
    results
      .filter((result) => isMet(result) === met)
      .map((result) => `\`${result.name}\` ${result.ratio?.toFixed(2)} (${aimOf(result)})`)
      .join(', ');
  const [met, missed] = [said(true), said(false)];
  return [met && `Aims met: ${met}.`, missed && `Aims **missed**: ${missed}.`].filter(Boolean).join('\n');
}

/** The machine in general terms. @param sqlite its version. @param commit ms of one commit with its fsync, where it was measured. */
export function machineOf(now: Date, sqlite: string, commit?: number): string {
  const month = now.toLocaleString('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const cores = availableParallelism();
  return `Measured in ${month} on ${process.platform} (${process.arch}) with ${cores} ${cores === 1 ? 'core' : 'cores'}, Node ${process.versions.node}, SQLite ${sqlite}${commit === undefined ? '' : `; a commit of plain SQLite with its fsync takes ${commit.toFixed(2)} ms`}.`;
}

/**
 * The text of docs/performance.md with the tables of the parts that were measured.
 *
 * @param measured results by the names of their parts.
 * @param own how a part, by its name, wants its tables to be.
 */
export function rewritten(
  text: string,
  machine: string,
  measured: ReadonlyMap<string, Result[]>,
  own: { [part: string]: (results: readonly Result[]) => string } = {},
): string {
  let next = replaced(text, 'machine', machine);
  for (const [part, results] of measured) {
    const aims = aimsOf(results);
    const tables = (own[part] ?? markdownTable)(results).trimEnd();
    next = replaced(next, part, `${tables}${aims && `\n\n${aims}`}`);
  }
  return next;
}

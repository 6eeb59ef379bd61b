/** The rows of a new flow in files that are there already: where each belongs, and putting it there. */

/** What one file gets. */
export interface Rows {
  file: string;
  imports: string[];
  places: Place[];
}

export interface Place {
  /** Before or after the line that begins so (spaces apart), or in the middle of the code, behind this. */
  where: 'before' | 'after' | 'within';
  anchor: string;
  /** Lines, or a part of one. */
  text: string;
}

/** Reads rows as they are written down: `== file`, its imports, `-- before anchor` and the lines to put there, and so on. */
export const parseRows = (text: string): Rows[] =>
  text
    .split(/^== /m)
    .slice(1)
    .map((section) => {
      const [head = '', ...places] = section.split(/^-- /m);
      const [file = '', ...imports] = head.trimEnd().split('\n');
      return { file, imports, places: places.map(placeOf) };
    });

function placeOf(text: string): Place {
  const [first = '', ...lines] = text.replace(/\n$/, '').split('\n');
  const [, where, anchor = ''] = /^(before|after|within) (.*)$/.exec(first) ?? [];
  if (where === undefined) throw new Error(`A row has no place: ${first}`);
  return { where: where as Place['where'], anchor, text: lines.join('\n') };
}

/**
 * A file with its rows.
 *
 * @throws Error that names the file and the anchor where the place is not there, or there twice.
 */
export function withRows(text: string, { file, imports, places }: Rows): string {
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => /^(import .*|\} )from '.*'.*;$/.test(line));
  lines.splice(last + 1, 0, ...imports);
  return places.reduce((before, place) => withText(before, place, file), lines.join('\n'));
}

function withText(before: string, { where, anchor, text }: Place, file: string): string {
  // However the formatter has broken the lines.
  const words = anchor.split(' ').map((word) => word.replace(/[$.*+?^()[\]{}|\\]/g, '\\$&'));
  const pattern = where === 'within' ? words.join('\\s+') : `^ *${words.join(' ')}.*\\n`;
  const [found, ...more] = [...before.matchAll(new RegExp(pattern, 'gm'))];
  if (!found || more.length > 0)
    throw new Error(`A row cannot be put into ${file}: "${anchor}" is there ${found ? 'twice' : 'nowhere'}.`);
  const added = where === 'within' ? text : `${text}\n`;
  const at = found.index + (where === 'before' ? 0 : found[0].length);
  return `${before.slice(0, at)}${added}${before.slice(at)}`;
}

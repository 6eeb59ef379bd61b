/** Results as text: an aligned table for the terminal, and one in Markdown. */
import { aimOf, isMet } from './budget.ts';
import type { Result } from './result.ts';

const HEAD = ['name', 'value', 'unit', 'beside it', 'ratio', 'aim', ''];

/** Three figures, thousands apart: `1,792`, `24.1`, `0.17`. */
export function figure(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100)
    return Math.round(value).toLocaleString('en-US', { maximumFractionDigits: 0 });
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** The cells of one result, as in the head of the table. */
export function cellsOf(result: Result): string[] {
  const { name, value, unit, limit, ratio } = result;
  const met = isMet(result);
  return [
    ...[name, figure(value), unit],
    ...[limit === undefined ? '' : figure(limit), ratio === undefined ? '' : ratio.toFixed(2)],
    ...[aimOf(result) ?? '', met === undefined ? '' : met ? 'met' : 'missed'],
  ];
}

/** A table of monospaced text. Names and units stand left, figures right. */
export function textTable(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const left = new Set([0, 2, 6]);
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          left.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The same in Markdown. */
export function markdownTable(results: readonly Result[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = HEAD.map((_, column) => ([1, 3, 4, 5].includes(column) ? '---:' : '---'));
  const rows = results.map(cellsOf).map(([name, ...cells]) => line([`\`${name}\``, ...cells]));
  return [line(HEAD), line(rule), ...rows].join('\n');
}

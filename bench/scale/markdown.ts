/** Tables in Markdown, and figures as people read them. */

/** @param align `l` or `r` for each column. */
export function table(align: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = [...align].map((side) => (side === 'r' ? '---:' : '---'));
  return [head, rule, ...rows].map(line).join('');
}

/** Three digits that count, and thousands apart: `1,330`, `0.15`, `20`. */
export function figure(value: number): string {
  const digits = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value))) - 2;
  const step = 10 ** Math.max(digits, -2);
  const rounded = Math.round(value / step) * step;
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

export const dollars = (value: number): string => `$${figure(value)}`;

/** The text with what stands between `<!-- figures:NAME -->` and `<!-- /figures -->` replaced.
 * @throws Error for a name that is not in the text, and for one in the text that has no table. */
export function withFigures(text: string, tables: { readonly [name: string]: string }): string {
  const used = new Set<string>();
  const filled = text.replace(
    /(<!-- figures:([\w-]+) -->\n)[\s\S]*?(<!-- \/figures -->)/g,
    (_all, begin: string, name: string, end: string) => {
      const found = tables[name];
      if (found === undefined) throw new Error(`There is no table ${name}`);
      used.add(name);
      return `${begin}${found}${end}`;
    },
  );
  const missing = Object.keys(tables).find((name) => !used.has(name));
  if (missing !== undefined) throw new Error(`The text has no place for ${missing}`);
  return filled;
}

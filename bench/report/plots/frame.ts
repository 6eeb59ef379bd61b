/** What every plot has: size, colours for light and dark, title and description, axes, legend. */
import type { Scale } from './scale.ts';

export const SIZE = { width: 720, height: 380 };
/** The area of the data. */
export const area = { left: 76, right: 704, top: 76, bottom: 324 };

export interface Frame {
  title: string;
  /** For those who do not see the plot: what it compares, in a sentence. */
  description: string;
  /** What the axes count. */
  x: string;
  y: string;
}

/** As many series as there are colours; each is told apart in both schemes, and in grey. */
const COLOURS = ['#0a6e8a', '#e07b00', '#7a52a8', '#4c8c2b'];
const DARK = ['#5cc4e0', '#ffb04d', '#bd9aeb', '#8fd066'];

const style = `svg{font:13px system-ui,sans-serif;background:#fff}text{fill:#222}.t{font-size:16px;font-weight:600}
.g{stroke:#ddd}.a{stroke:#666}.line{fill:none;stroke-width:2}
${COLOURS.map((colour, n) => `.s${n}{fill:${colour};stroke:${colour}}`).join('')}text.v{font-size:11px}
@media(prefers-color-scheme:dark){svg{background:#16191d}text{fill:#e6e6e6}.g{stroke:#363b42}.a{stroke:#9aa0a6}
${DARK.map((colour, n) => `.s${n}{fill:${colour};stroke:${colour}}`).join('')}}
.bar{stroke:none}path.line{fill:none}`;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${String(letter.codePointAt(0))};`);

/** A coordinate as it is written. */
export const point = (value: number): string => String(Number(value.toFixed(1)));

/** @param more attributes. */
export const label = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${point(x)}" y="${point(y)}"${more && ` ${more}`}>${escaped(text)}</text>`;

/** A number as an axis says it: `10,000`, `0.5`. */
export const short = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** Lines across, with the figures beside them. */
export const yAxis = (scale: Scale): string[] =>
  scale.ticks.flatMap((tick) => {
    const y = point(scale.at(tick));
    return [
      `<path class="g" d="M${area.left} ${y}H${area.right}"/>`,
      label(area.left - 8, scale.at(tick) + 4, short(tick), 'text-anchor="end"'),
    ];
  });

/** The whole picture. @param series their names, in the order of their colours. @throws Error where there are too many. */
export function framed({ title, description, x, y }: Frame, series: string[], content: string[]): string {
  if (series.length > COLOURS.length) throw new Error(`${title}: ${series.length} series are too many`);
  const { width, height } = SIZE;
  const share = (area.right - area.left) / series.length;
  const legend = series.flatMap((name, n) => [
    `<rect class="bar s${n}" x="${point(area.left + n * share)}" y="48" width="12" height="12"/>`,
    label(area.left + n * share + 18, 59, name),
  ]);
  const middle = (area.left + area.right) / 2;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title><desc id="desc">${escaped(description)}</desc>`,
    `<style>${style}</style><rect width="${width}" height="${height}" fill="none"/>`,
    label(area.left, 28, title, 'class="t"'),
    ...legend,
    ...content,
    `<path class="a" d="M${area.left} ${area.bottom}H${area.right}"/>`,
    label(middle, height - 14, x, 'text-anchor="middle"'),
    label(
      0,
      0,
      y,
      `text-anchor="middle" transform="translate(18 ${(area.top + area.bottom) / 2}) rotate(-90)"`,
    ),
    '</svg>',
  ].join('\n')}\n`;
}

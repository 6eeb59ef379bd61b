/** Bars in groups: some series beside each other, for each of some cases. */
import { area, type Frame, framed, label, point, short, yAxis } from './frame.ts';
import { linear } from './scale.ts';

export interface Bars extends Frame {
  series: string[];
  /** A value for each series; undefined where there is none. */
  groups: { name: string; values: (number | undefined)[] }[];
}

/** @returns an SVG; the same text for the same data. */
export function bars(plot: Bars): string {
  const { series, groups } = plot;
  const most = Math.max(0, ...groups.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const scale = linear(most, [area.bottom, area.top]);
  const share = (area.right - area.left) / groups.length;
  const width = Math.min(44, (share * 0.8) / series.length);
  const content = groups.flatMap(({ name, values }, group) => {
    const present = values.flatMap((value, n) => (value === undefined ? [] : [{ value, n }]));
    const middle = area.left + (group + 0.5) * share;
    const from = middle - (present.length * width) / 2;
    const drawn = present.flatMap(({ value, n }, place) => {
      const [x, y] = [from + place * width, scale.at(value)];
      const height = point(area.bottom - y);
      return [
        `<rect class="bar s${n}" x="${point(x + 1)}" y="${point(y)}" width="${point(width - 2)}" height="${height}"/>`,
        label(x + width / 2, y - 4, short(value), 'class="v" text-anchor="middle"'),
      ];
    });
    return [...drawn, label(middle, area.bottom + 20, name, 'text-anchor="middle"')];
  });
  return framed(plot, series, [...yAxis(scale), ...content]);
}

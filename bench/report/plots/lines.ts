/** Lines on two logarithmic axes: what is in proportion is straight, and what costs nothing is level. */
import { area, type Frame, framed, label, point, short, yAxis } from './frame.ts';
import { logarithmic } from './scale.ts';

export interface Lines extends Frame {
  series: { name: string; points: { x: number; y: number }[] }[];
}

/** @returns an SVG; the same text for the same data. All values must be above 0. */
export function lines(plot: Lines): string {
  const points = plot.series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const across = logarithmic(xs, [area.left + 20, area.right - 20]);
  const up = logarithmic(
    points.map(({ y }) => y),
    [area.bottom, area.top],
  );
  const drawn = plot.series.flatMap((one, n) => {
    const places = one.points.map(({ x, y }) => `${point(across.at(x))} ${point(up.at(y))}`);
    // Every second series is dashed: told apart without colours.
    const dash = n % 2 === 1 ? ' stroke-dasharray="6 4"' : '';
    return [
      `<path class="line s${n}"${dash} d="M${places.join('L')}"/>`,
      ...one.points.map(
        ({ x, y }) => `<circle class="s${n}" cx="${point(across.at(x))}" cy="${point(up.at(y))}" r="4"/>`,
      ),
    ];
  });
  const ticks = xs.map((x) => label(across.at(x), area.bottom + 20, short(x), 'text-anchor="middle"'));
  return framed(
    plot,
    plot.series.map(({ name }) => name),
    [...yAxis(up), ...drawn, ...ticks],
  );
}

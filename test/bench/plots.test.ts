import { describe, expect, test } from '@jest/globals';
import { bars } from '../../bench/report/plots/bars.ts';
import { drawn } from '../../bench/report/plots/index.ts';
import { lines } from '../../bench/report/plots/lines.ts';
import { linear, logarithmic } from '../../bench/report/plots/scale.ts';

const frame = { title: 'A & B', description: 'A beside B.', x: 'x', y: 'y' };

describe('scales', () => {
  test('linear: from zero to a round number', () => {
    const { at, ticks } = linear(1_792, [100, 0]);
    expect(ticks).toEqual([0, 500, 1_000, 1_500, 2_000]);
    expect([at(0), at(1_000), at(2_000)]).toEqual([100, 50, 0]);
  });

  test('logarithmic: from one power of ten to another', () => {
    const { at, ticks } = logarithmic([3, 40_000], [0, 100]);
    expect(ticks).toEqual([1, 10, 100, 1_000, 10_000, 100_000]);
    expect([at(1), at(100_000)]).toEqual([0, 100]);
  });

  test('logarithmic: equal values have room too', () => {
    const { ticks } = logarithmic([1, 1], [0, 100]);
    expect(ticks).toEqual([1, 2, 5, 10]);
  });
});

describe('plots', () => {
  const groups = [
    { name: '1', values: [10, 8] },
    { name: '16', values: [100, undefined] },
  ];
  const plot = { ...frame, series: ['limit', 'ours'], groups };

  test('say what they show to those who do not see them, and have colours for the dark', () => {
    const svg = bars(plot);
    expect(svg).toContain('<title id="title">A &#38; B</title><desc id="desc">A beside B.</desc>');
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('are the same for the same data', () => expect(bars(plot)).toBe(bars(plot)));

  test('bars: one for each value that there is, and one for each series in the legend', () => {
    expect(bars(plot).match(/class="bar s\d"/g)).toHaveLength(3 + 2);
  });

  test('lines: a point for each value', () => {
    const points = [1, 10, 100].map((x) => ({ x, y: 2 * x }));
    const svg = lines({ ...frame, series: [{ name: 'ours', points }] });
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).not.toContain('NaN');
  });

  test('more series than colours are refused', () => {
    const series = Array.from({ length: 5 }, (_, n) => ({ name: String(n), points: [{ x: 1, y: 1 }] }));
    expect(() => lines({ ...frame, series })).toThrow('too many');
  });

  test('those of a part need its results alone', () => {
    const results = ['', '.apart'].flatMap((way) =>
      [1, 10, 100].map((n) => ({
        ...{ name: `contention${way}.n${n}.ms`, value: n, unit: 'ms', limit: n, ratio: 1 },
      })),
    );
    const files = drawn(results, ['contention']);
    expect(Object.keys(files)).toEqual(['contention.svg']);
    expect(files['contention.svg']?.match(/<circle/g)).toHaveLength(12);
  });
});

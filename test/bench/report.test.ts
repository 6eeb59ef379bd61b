import { describe, expect, test } from '@jest/globals';
import { parseArguments } from '../../bench/arguments.ts';
import { aimOf, type Budget, differencesOf, isMet, warningsOf } from '../../bench/report/budget.ts';
import { aimsOf, machineOf, replaced, rewritten } from '../../bench/report/docs.ts';
import type { Result } from '../../bench/report/result.ts';
import { roundsWithin } from '../../bench/report/rounds.ts';
import { median, quantile } from '../../bench/report/statistics.ts';
import { figure, markdownTable, textTable } from '../../bench/report/table.ts';
import { runParts } from '../../bench/run.ts';

const ratio = (name: string, value: number): Result => ({ name, value, unit: '/s', limit: 1, ratio: value });

describe('statistics', () => {
  test('the middle, and what few are above', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(quantile([...Array(100).keys()], 0.99)).toBe(99);
    expect(median([])).toBe(0);
  });
});

describe('rounds', () => {
  test('end before another as long as the longest would be too long', () => {
    let now = 0;
    const goesOn = roundsWithin(100, () => now);
    const said = [1, 2, 3, 4].map((round) => {
      const answer = goesOn(round);
      now += round === 1 ? 40 : 20;
      return answer;
    });
    // After 60 another 40 would be just in time, after 80 not.
    expect(said).toEqual([true, true, true, false]);
  });

  test('are one at least', () => expect(roundsWithin(0)(1)).toBe(true));
});

describe('the command line', () => {
  const known = ['engine', 'contention'];

  test('takes a short run, and parts by name, more than once', () => {
    expect(parseArguments([], known)).toEqual({ help: false, quick: false, parts: [] });
    expect(parseArguments(['--quick', '--part', 'engine', '--part=contention'], known)).toEqual({
      help: false,
      quick: true,
      parts: known,
    });
  });

  test.each([
    [['--fast'], "Unknown option '--fast'. --help says what is."],
    [['engine'], '"engine" is not understood. --help says what is.'],
    [['--part', 'motor'], 'There is no part "motor". The parts are engine, contention.'],
    [['--part'], "Option '--part <value>' argument missing. --help says what is."],
    [['--quick=yes'], "Option '--quick' does not take an argument. --help says what is."],
  ])('refuses %j', (given, message) => {
    expect(() => parseArguments(given, known)).toThrow(message);
  });
});

describe('the budget', () => {
  const budget: Budget = {
    counted: { rows: 5 },
    timed: { fast: { atLeast: 0.8, floor: 0.2 }, slow: { atMost: 5, ceiling: 10 } },
  };

  test('an aim is met by the ratio as it is printed', () => {
    expect(isMet(ratio('fast', 0.796), budget)).toBe(true);
    expect(isMet(ratio('fast', 0.79), budget)).toBe(false);
    expect(isMet(ratio('slow', 5.01), budget)).toBe(false);
    expect(isMet(ratio('other', 1), budget)).toBeUndefined();
    expect(aimOf(ratio('slow', 1), budget)).toBe('≤ 5.00');
  });

  test('times only warn', () => {
    const results = [ratio('fast', 0.5), ratio('slow', 11), ratio('other', 0)];
    expect(warningsOf(results, budget)).toEqual([
      'fast is 0.50 of what was measured beside it; the aim is ≥ 0.80',
      expect.stringMatching(/^slow is 11.00 .* far from what it should be/),
    ]);
    expect(differencesOf(results, budget)).toEqual([]);
  });

  test('counted work is exact', () => {
    expect(differencesOf([{ name: 'rows', value: 5.001, unit: 'count' }], budget)).toEqual([
      'rows is 5.001, and must be 5',
    ]);
  });
});

describe('tables', () => {
  test.each([
    [1_792.4, '1,792'],
    [24.06, '24.1'],
    [0.1749, '0.175'],
    [3, '3'],
    [1_000_000, '1,000,000'],
  ])('%d is said as %s', (value, said) => expect(figure(value)).toBe(said));

  const results: Result[] = [
    { name: 'limit', value: 1_792, unit: '/s' },
    { name: 'of.it', value: 435, unit: '/s', limit: 1_792, ratio: 435 / 1_792 },
  ];

  test('of text are aligned', () => {
    expect(textTable(results)).toBe(
      [
        'name   value  unit  beside it  ratio  aim',
        'limit  1,792  /s',
        'of.it    435  /s        1,792   0.24',
      ].join('\n'),
    );
  });

  test('of Markdown have as many cells in each row', () => {
    const rows = markdownTable(results).split('\n');
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1);
  });
});

describe('the page', () => {
  const page = ['a', 'machine', 'engine']
    .map((name) => `<!-- ${name}: written by npm run bench -->\nold\n<!-- end of ${name} -->`)
    .join('\ntext\n');

  test('changes between the markers of what was measured, and nowhere else', () => {
    const next = rewritten(page, 'a machine', new Map([['engine', [ratio('x', 1)]]]));
    expect(next).toContain('a machine');
    expect(next).toContain('| `x` |');
    expect(next.match(/old/g)).toHaveLength(1);
    expect(rewritten(next, 'a machine', new Map([['engine', [ratio('x', 1)]]]))).toBe(next);
  });

  test('says which aims are missed', () => {
    expect(aimsOf([ratio('engine.logins.c1', 0.85), ratio('engine.logins.c64', 0.5)])).toBe(
      'Aims met: `engine.logins.c1` 0.85 (≥ 0.80).\nAims **missed**: `engine.logins.c64` 0.50 (≥ 0.60).',
    );
  });

  test('without its markers is an error', () => {
    expect(() => replaced(page, 'http', '')).toThrow('no markers for http');
  });

  test('names the machine in general terms', () => {
    expect(machineOf(new Date('2026-11-28T00:00:00Z'), '3.50.4')).toMatch(
      /^Measured in November 2026 on \w+ \(\w+\) with \d+ cores?, Node 2\d\.\S+, SQLite 3\.50\.4\.$/,
    );
  });
});

describe('a run', () => {
  const partOf = (name: string, ...results: Result[]) => ({
    ...{ name, title: name },
    measure: async () => results,
  });

  test('gives the results of each part', async () => {
    const measured = await runParts(
      [partOf('a', ratio('a.x', 1)), partOf('b')],
      true,
      () => {},
      () => {},
    );
    expect([...measured]).toEqual([
      ['a', [ratio('a.x', 1)]],
      ['b', []],
    ]);
  });

  test('refuses one name for two results', async () => {
    const twice = [partOf('a', ratio('x', 1)), partOf('b', ratio('x', 2))];
    await expect(
      runParts(
        twice,
        true,
        () => {},
        () => {},
      ),
    ).rejects.toThrow('two results x');
  });
});

import { describe, expect, test } from '@jest/globals';
import { layOut } from '../../../client/drawing/layout.ts';
import { widthOf, wrap } from '../../../client/drawing/text.ts';

/** Measured by a browser at 100 px: the wider of DejaVu Sans and Liberation Sans. */
const measured: [text: string, normal: number, bold: number][] = [
  ['→ AuthorizationDeclined', 1223, 1375],
  ['WaitForOtpInput', 817, 942],
  ['DeadlinePassed', 790, 894],
  ['CommandSendingFailed /', 1276, 1430],
  ['illicit', 233, 278],
  ['at most 15 min', 762, 849],
  ['MMM', 259, 299],
  ['OOOQ', 315, 340],
  ['14:03:22.120', 672, 744],
];

describe('the width of a text', () => {
  test.each(measured)('%s: what a browser measures, and a little more', (text, normal, bold) => {
    const [one, other] = [widthOf(text, 100), widthOf(text, 100, 'bold')];
    expect(one).toBeGreaterThanOrEqual(normal);
    expect(other).toBeGreaterThanOrEqual(bold);
    expect(one).toBeLessThan(normal * 1.2);
    expect(other).toBeLessThan(bold * 1.2);
  });

  test('is what a state is made wide enough for', () => {
    const name = 'AStateOfWhichTheNameIsLongerThanAnyOther';
    const { nodes } = layOut({ states: [{ name, final: true }], edges: [] });
    expect(nodes[0]?.width).toBeGreaterThan(widthOf(name, 13, 'bold'));
  });
});

test('lines are broken between pieces only', () => {
  expect(wrap(['One /', 'Two /', 'SomethingMuchLonger', 'x'], 12)).toEqual([
    'One / Two /',
    'SomethingMuchLonger',
    'x',
  ]);
  expect(wrap([], 12)).toEqual([]);
});

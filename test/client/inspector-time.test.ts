import { expect, test } from '@jest/globals';
import { ageOf, clockOf, countdownOf, spanOf, wholeSpanOf } from '../../client/inspector/time.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [2_345, '2.3 s'],
  [9_999, '9.9 s'],
  [12 * second, '12 s'],
  [4 * minute + 12 * second, '4 min 12 s'],
  [4 * minute, '4 min'],
  [hour + 59 * second, '1 h'],
  [7 * day - 1, '6 d 23 h'],
  [-5, '0 ms'],
])('%d ms are %s', (ms, text) => {
  expect(spanOf(ms)).toBe(text);
});

test('what ticks has no parts of a second', () => {
  expect([0, 999, 2_345, 61_000].map(wholeSpanOf)).toEqual(['0 s', '0 s', '2 s', '1 min 1 s']);
});

test('an age is told in its largest unit', () => {
  const now = Date.parse('2026-11-01T12:00:00Z');
  const ages = [-second, 500, 12 * second, 119 * second, 3 * hour, 40 * day].map((ms) =>
    ageOf(new Date(now - ms).toISOString(), now),
  );
  expect(ages).toEqual(['now', 'now', '12 s', '1 min', '3 h', '40 d']);
});

test('an instant of today has no date, any other has', () => {
  const at = new Date(2026, 10, 1, 9, 5, 7);
  expect(clockOf(at.toISOString(), at.getTime() + second)).toBe('09:05:07');
  expect(clockOf(at.toISOString(), at.getTime() + day)).toBe('2026-11-01 09:05:07');
});

test('a countdown counts down, and then up', () => {
  const at = '2026-11-01T12:00:00.000Z';
  const now = Date.parse(at);
  expect(countdownOf(at, now - 65 * second)).toEqual({ passed: false, text: 'in 1 min 5 s' });
  expect(countdownOf(at, now)).toEqual({ passed: true, text: 'for 0 s' });
  expect(countdownOf(at, now + 3 * second)).toEqual({ passed: true, text: 'for 3 s' });
});

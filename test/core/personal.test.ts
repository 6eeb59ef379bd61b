/** What is shown of personal fields. */
import { describe, expect, test } from '@jest/globals';
import { hidden, initial, masked } from '../../core/personal.ts';

const personal = { name: initial, secret: hidden };

describe('masked', () => {
  test('leaves what is not personal as it is', () => {
    const fields = { state: 'Open', n: 1, none: null, yes: true, list: [1, { a: 'b' }] };
    expect(masked(personal, fields)).toEqual(fields);
  });

  test('masks personal fields at any depth', () => {
    const fields = { order: { name: 'Ann', lines: [{ name: 'Bob', n: 1 }] }, secret: 'x' };
    expect(masked(personal, fields)).toEqual({
      order: { name: 'A•••••••', lines: [{ name: 'B•••••••', n: 1 }] },
      secret: '•••••••',
    });
  });

  test('masks all that is in a personal field, numbers too', () => {
    expect(masked(personal, { secret: { a: 'b', c: [1, true, null], d: 2 } })).toEqual({
      secret: { a: '•••••••', c: ['•••••••', true, null], d: '•••••••' },
    });
  });

  test('shows no text and no number where nobody has said what is personal', () => {
    expect(masked(undefined, { a: 'b', n: 1, deep: [{ c: 'd' }], yes: true })).toEqual({
      a: '•••••••',
      n: '•••••••',
      deep: [{ c: '•••••••' }],
      yes: true,
    });
  });

  test('takes a field for what it is called, whatever that is', () => {
    expect(masked(personal, { constructor: 'a', toString: 'b' })).toEqual({
      constructor: 'a',
      toString: 'b',
    });
  });

  test('changes nothing of what it is given', () => {
    const fields = { order: { name: 'Ann' } };
    masked(personal, fields);
    expect(fields).toEqual({ order: { name: 'Ann' } });
  });
});

test('an initial is a whole character, and does not tell how long the text is', () => {
  expect([initial('Ann'), initial('😀x'), initial('')]).toEqual(['A•••••••', '😀•••••••', '•••••••']);
});

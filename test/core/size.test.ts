/** The quick bound never changes the answer: that of the text. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, isLarger } from '../../core/size.ts';

const unit = fc.oneof(
  fc.nat(0xffff).map((code) => String.fromCharCode(code)),
  fc.constantFrom('\ud800', '\udfff', '\u0000', '\u001f', '"', '\\', '€', '😀', 'toJSON'),
);
const string = fc.array(unit).map((units) => units.join(''));
const number = fc.oneof(fc.double(), fc.constantFrom(-0.0000012345678901234567, -Number.MAX_VALUE, -0));
const long = 'x'.repeat(100);
const odd = fc.constantFrom<unknown>(
  new Date(0),
  undefined,
  { toJSON: () => long },
  new (class Money {
    toJSON() {
      return long;
    }
  })(),
  Object('text'),
  Object.assign(Object.create(null), { a: 1 }),
  Object.create({ toJSON: () => long }),
  new Map([[1, 2]]),
  Symbol('s'),
  () => 1,
);
const values = (more: fc.Arbitrary<unknown>) =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      string,
      number,
      fc.boolean(),
      fc.constant(null),
      more,
      fc.array(tie('value')),
      fc.dictionary(string, tie('value')),
    ),
  })).value;

test.each([
  ['JSON', values(string)],
  ['JSON that dates, classes and functions are in', values(odd)],
])('%s is larger than what its text is larger than', (_, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, fc.integer({ min: -3, max: 3 }), fc.nat(2_000), (inner, near, other) => {
      const value = { inner };
      const bytes = bytesOf(value);
      for (const limit of [bytes + near, other, bytes * 7])
        expect(isLarger(value, limit)).toBe(bytes > limit);
    }),
    { numRuns: 1_000 },
  );
});

test('a list whose every entry is as long as a number can be', () => {
  const list = new Array(1_000).fill(-0.0000012345678901234567);
  for (const limit of [26_000, 26_001]) expect(isLarger(list, limit)).toBe(bytesOf(list) > limit);
  expect(bytesOf(list)).toBe(26_001);
});

test('a deep value has its size; a circle and a bigint are no JSON', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`);
  expect([isLarger(deep, 5_999), isLarger(deep, 6_000)]).toEqual([true, false]);
  const circle: { [name: string]: unknown } = {};
  Object.assign(circle, { one: circle, other: [circle, circle] });
  for (const value of [circle, { big: 1n }]) expect(() => isLarger(value, 1_000_000)).toThrow(TypeError);
});

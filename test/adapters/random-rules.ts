/** Random rules of a Choice. */
import * as fc from 'fast-check';
import type { JsonObject } from '../../core/types.ts';
import { always, instants, number, numbers, oneOf, open, path, texts, word } from './random-values.ts';

const comparison = fc.oneof(
  fc.record({ Variable: path, StringEquals: word }),
  fc.record({ Variable: path, NumericEquals: number }),
  ...['NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'].map(
    (operator) => fc.record({ Variable: oneOf(numbers), [operator]: number }),
  ),
  fc.record({ Variable: path, StringEqualsPath: oneOf(texts) }),
  fc.record({ Variable: path, NumericEqualsPath: oneOf([...numbers, '$.now']) }),
  fc.record({ Variable: path, BooleanEqualsPath: fc.constantFrom('$.yes', '$.nil') }),
  fc.record({ Variable: oneOf(instants), TimestampEqualsPath: oneOf(instants) }),
  ...['IsString', 'IsNumeric', 'IsBoolean', 'IsNull'].map((operator) =>
    fc.record({ Variable: path, [operator]: fc.constant(true) }),
  ),
  fc.record({ Variable: oneOf([...texts, ...numbers, ...instants]), IsTimestamp: fc.constant(true) }),
  fc.record({ Variable: oneOf([...always, ...open]), IsPresent: fc.constant(true) }),
) as fc.Arbitrary<JsonObject>;

export const rule = fc.letrec<{ rule: JsonObject }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small' },
    comparison,
    fc.record({ And: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ Or: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ Not: tie('rule') }),
  ),
})).rule;

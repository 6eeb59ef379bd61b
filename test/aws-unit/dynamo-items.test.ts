/** Sizes of items, by the examples and rules of the Developer Guide, "DynamoDB item sizes and formats". */
import { expect, test } from '@jest/globals';
import { isFiled, itemBytes } from '../../adapters/aws/dynamo-items.ts';
import type { JsonObject } from '../../core/types.ts';

test.each<[string, JsonObject, number]>([
  ['nothing', {}, 0],
  ['text: its bytes in UTF-8, and those of the name', { name: 'ü€' }, 4 + 5],
  ['a number: a byte for two digits, and one', { n: 27 }, 1 + 2],
  ['an odd number of digits', { n: 271 }, 1 + 3],
  ['zeros at the ends do not count', { n: 1_200_000 }, 1 + 2],
  ['nor does a point', { n: 0.0125 }, 1 + 3],
  ['zero', { n: 0 }, 1 + 1],
  ['truth and nothing: one each', { a: true, b: null }, 2 + 2],
  ['an empty list or map: three', { l: [], m: {} }, 2 + 6],
  ['a list: three, and one for each element', { l: ['ab', 'c'] }, 1 + 3 + 2 + 3],
  ['a map: three, and one for each pair', { m: { ab: 'c', d: 27 } }, 1 + 3 + 2 + 3 + 3],
  ['maps in lists in maps', { m: { l: [{ a: 'b' }] } }, 1 + (3 + 1 + 1 + (3 + 1 + (3 + 1 + 2)))],
])('%s', (_name, item, bytes) => {
  expect(itemBytes(item)).toBe(bytes);
});

const at = '2026-01-01T00:00:00.000Z';
test.each([
  ['nothing to go by', {}, true],
  ['due, in a shard', { dueAt: at, shard: '3' }, true],
  ['due, in none', { dueAt: at }, false],
  ['due, in one that is not asked', { dueAt: at, shard: '4' }, false],
  ['in a shard, and not due', { shard: '3' }, false],
  ['expiring, in time', { expiresAt: at, ttl: Date.parse(at) / 1000 }, true],
  ['expiring, never', { expiresAt: at }, false],
  ['expiring, too early', { expiresAt: at, ttl: Date.parse(at) / 1000 - 1 }, false],
  ['deleted, and not expiring', { ttl: 1 }, false],
])('filed as the item says: %s', (_what, attributes, filed) => {
  expect(isFiled(attributes)).toBe(filed);
});

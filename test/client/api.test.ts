/** What pages ask the API with. */
import { afterEach, expect, jest, test } from '@jest/globals';
import { newKey } from '../../client/common/api.ts';

afterEach(() => void jest.restoreAllMocks());

test('a key is new each time, and can be made where the page came over http from another machine', () => {
  // Browsers have it in secure contexts only.
  jest.spyOn(crypto, 'randomUUID').mockImplementation((): never => {
    throw new TypeError('crypto.randomUUID is not a function');
  });
  const keys = Array.from({ length: 100 }, newKey);
  expect(new Set(keys).size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});

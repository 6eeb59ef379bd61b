/** What pages ask the API with. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { apiNow, apiNowAtMost, ask, newKey } from '../../client/common/api.ts';

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

describe('the clock of the API', () => {
  const BEGUN = Date.parse('2026-01-01T00:00:00.400Z');
  /** By how much it is ahead of this one. */
  let ahead = 0;
  let now = BEGUN;

  /** Asks; each way takes that long. */
  async function asks(there: number, back: number): Promise<void> {
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      now += there;
      const date = new Date(now + ahead).toUTCString();
      now += back;
      return new Response('{}', { headers: { date } });
    });
    await ask('/');
    expect(apiNow()).toBeLessThanOrEqual(now + ahead);
    expect(apiNowAtMost()).toBeGreaterThanOrEqual(now + ahead);
  }
  const doubt = () => apiNowAtMost() - apiNow();

  test('is not set back by an answer that takes long, nor forward by a request that does', async () => {
    await asks(20, 20);
    expect(doubt()).toBeLessThanOrEqual(1_040);
    for (const [there, back] of [
      [0, 20_000],
      [20_000, 0],
      [10_300, 9_100],
    ] as const) {
      await asks(there, back);
      expect(doubt()).toBeLessThanOrEqual(1_040);
    }
  });

  test('is known after a slow answer as well, and the better the more answers there are', async () => {
    ahead = 3_600_000;
    await asks(100, 20_000);
    expect(doubt()).toBeGreaterThan(20_000);
    now += 10_000;
    await asks(20, 20);
    expect(doubt()).toBeLessThanOrEqual(1_040);
    for (let each = 0; each < 9; each++) {
      now += 1_130;
      await asks(5, 5);
    }
    expect(doubt()).toBeLessThan(200);
  });

  test('that was moved is so at once', async () => {
    for (const moved of [31_000, 600_000, -45_000]) {
      ahead += moved;
      await asks(20, 20);
      expect(doubt()).toBeLessThanOrEqual(1_040);
    }
  });
});

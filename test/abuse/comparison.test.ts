/** Codes and passwords are compared in constant time: `timingSafeEqual` of Node gives the verdict, alone. */
import * as crypto from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Http } from '../support/http.ts';

/** What was compared, in hexadecimal. */
const compared: [string, string][] = [];
/** What the comparison says instead of the truth. */
let verdict: boolean | undefined;

jest.unstable_mockModule('node:crypto', () => ({
  ...crypto,
  timingSafeEqual(one: Buffer, other: Buffer) {
    compared.push([one.toString('hex'), other.toString('hex')]);
    return verdict ?? crypto.timingSafeEqual(one, other);
  },
}));
const { openHttp } = await import('../support/http.ts');
const { demoUser } = await import('../../local/users.ts');

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(async () => {
  verdict = undefined;
  await http.close();
});

/** The status of an answer, and what was compared for it, where the comparison says `says`. */
async function judged(says: boolean, request: () => Promise<{ status: number }>) {
  compared.length = 0;
  verdict = says;
  const { status } = await request();
  return { status, compared: compared.splice(0) };
}

const hex = (text: string) => Buffer.from(text).toString('hex');

describe('a code', () => {
  test('that is right is refused where the comparison says no, one that is wrong taken where it says yes', async () => {
    const loginId = await http.begin();
    const right = await http.code(loginId);
    // Wrong in every digit, so that none is looked at beforehand.
    const wrong = right.replace(/\d/g, (digit) => String((Number(digit) + 5) % 10));
    expect(await judged(false, () => http.submit(loginId, right))).toEqual({
      status: 401,
      compared: [[hex(right), hex(right)]],
    });
    expect(await judged(true, () => http.submit(loginId, wrong))).toEqual({
      status: 200,
      compared: [[hex(wrong), hex(right)]],
    });
  });
});

describe('a password', () => {
  const login = (username: string, password: string) => http.post('/logins', { username, password });
  const { username, password } = demoUser;

  test('that is right is refused where the comparison says no, one that is wrong taken where it says yes', async () => {
    const right = await judged(false, () => login(username, password));
    expect(right.status).toBe(401);
    const wrong = await judged(true, () => login(username, 'wrong'));
    expect(wrong.status).toBe(201);
    // Whole keys of 32 bytes, once each.
    expect([right.compared.length, wrong.compared.length]).toEqual([1, 1]);
    const [[one, other], [derived, stored]] = [...right.compared, ...wrong.compared] as [
      [string, string],
      [string, string],
    ];
    expect([one.length, derived.length]).toEqual([64, 64]);
    expect(one).toBe(other);
    expect([derived === stored, other === stored]).toEqual([false, true]);
  });

  test('of nobody is compared as well, and right for nobody', async () => {
    const { status, compared: pairs } = await judged(true, () => login('nobody', password));
    expect(status).toBe(401);
    expect(pairs).toHaveLength(1);
    expect(pairs[0]?.map(({ length }) => length)).toEqual([64, 64]);
  });
});

/** POST /dev/faults: what callers see while the world fails, and that nothing is lost when it recovers. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { eventually, expectProblem, type Http, openHttp, withKey } from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

interface Note {
  status: string;
  attempt: number;
}

/** The bookkeeping of the login's effects, oldest entry first. */
async function notes(loginId: string): Promise<Note[]> {
  const { body } = await http.get(`/dev/flows/mfa-login/${loginId}`);
  const entries = body['entries'] as unknown as { delivery: { [id: string]: Note } }[];
  return entries.flatMap(({ delivery }) => Object.values(delivery));
}
const until = (loginId: string, wanted: Partial<Note>) =>
  eventually(
    () => notes(loginId),
    (seen) => seen.some((note) => note.status === wanted.status && note.attempt === (wanted.attempt ?? 1)),
  );
const ends = (loginId: string, state: string) =>
  eventually(
    () => http.stateOf(loginId),
    (seen) => seen === state,
  );

describe('the endpoint', () => {
  test('200 with what fails from now on; what is not named stays', async () => {
    const all = { sms: 'none', signing: 'none', gateway: 'none', warehouse: 'none' };
    expect(await http.faults({})).toMatchObject({ status: 200, body: all });
    await http.faults({ sms: 'transient' });
    expect((await http.faults({ signing: 'permanent' })).body).toEqual({
      ...all,
      sms: 'transient',
      signing: 'permanent',
    });
    expect((await http.faults({ sms: 'none', signing: 'none' })).body).toEqual(all);
  });

  test.each<[JsonObject, string]>([
    [{ sms: 'sometimes' }, 'sms'],
    [{ sms: true }, 'sms'],
    [{ email: 'none' }, 'email'],
  ])('400 for %j', async (body, path) => {
    const reply = await http.faults(body);
    const errors = (reply.body['errors'] ?? []) as JsonObject[];
    expectProblem(reply, 400, 'invalid-request', { members: { errors } });
    expect(errors).toMatchObject([{ path }]);
  });
});

describe('sms', () => {
  test('transient: the login waits, and the SMS goes when the network is back', async () => {
    await http.faults({ sms: 'transient' });
    const loginId = await http.begin();
    await until(loginId, { status: 'pending' });
    expect(await http.messages(loginId)).toHaveLength(0);
    await http.faults({ sms: 'none' });
    await http.advance(15);
    expect(await notes(loginId)).toMatchObject([{ status: 'delivered', attempt: 2 }]);
    expect(await http.messages(loginId)).toHaveLength(1);
    expect((await http.submit(loginId, await http.code(loginId))).status).toBe(200);
  });

  test('permanent: sent again twice, then DeliveryFailed', async () => {
    await http.faults({ sms: 'permanent' });
    const loginId = await http.begin();
    await ends(loginId, 'DeliveryFailed');
    expect((await notes(loginId)).map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(await http.messages(loginId)).toHaveLength(0);
    const members = { state: 'DeliveryFailed' };
    expectProblem(await http.submit(loginId, '123456'), 409, 'wrong-state', { members });
    expectProblem(await http.post(`/logins/${loginId}/resend`), 409, 'wrong-state', { members });
    expectProblem(await http.del(`/logins/${loginId}`), 409, 'wrong-state', { members });
  });

  test('permanent for one login leaves others alone once it is over', async () => {
    await http.faults({ sms: 'permanent' });
    await ends(await http.begin(), 'DeliveryFailed');
    await http.faults({ sms: 'none' });
    const { token } = await http.session();
    expect(token).not.toBe('');
  });

  test('transient for all the life of the code: the SMS is marked expired, never sent late', async () => {
    await http.faults({ sms: 'transient' });
    const loginId = await http.begin();
    await until(loginId, { status: 'pending' });
    await http.advance(300);
    await http.faults({ sms: 'none' });
    await http.advance(300);
    expect(await notes(loginId)).toMatchObject([{ status: 'expired' }]);
    expect(await http.messages(loginId)).toHaveLength(0);
    expect(await http.stateOf(loginId)).toBe('OtpExpired');
  });

  test('ambiguous: noted as unknown, sent again later, with the same code', async () => {
    await http.faults({ sms: 'ambiguous' });
    const loginId = await http.begin();
    await until(loginId, { status: 'unknown' });
    const code = await http.code(loginId);
    await http.faults({ sms: 'none' });
    await http.advance(15);
    const bodies = (await http.messages(loginId)).map(({ body }) => body.slice(0, 6));
    expect(bodies).toEqual([code, code]);
    expect(await notes(loginId)).toMatchObject([{ status: 'delivered', attempt: 2 }]);
    expect((await http.submit(loginId, code)).status).toBe(200);
  });
});

describe('signing', () => {
  test('503 try-again with Retry-After: nothing is written, and the same key and code work afterwards', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    const { body: before } = await http.get(`/dev/flows/mfa-login/${loginId}`);
    await http.faults({ signing: 'transient' });
    const refused = await http.submit(loginId, code, withKey('k'));
    expectProblem(refused, 503, 'try-again', { retryAfter: true });
    const { body: after } = await http.get(`/dev/flows/mfa-login/${loginId}`);
    expect(after['record']).toEqual(before['record']);
    await http.faults({ signing: 'none' });
    expect((await http.submit(loginId, code, withKey('k'))).status).toBe(200);
  }, 15_000);

  test('a wrong code is still refused and counted', async () => {
    const loginId = await http.begin();
    await http.faults({ signing: 'permanent' });
    expectProblem(await http.submit(loginId, await http.wrong(loginId)), 401, 'otp-invalid', {
      members: { attemptsLeft: 2 },
    });
  });
});

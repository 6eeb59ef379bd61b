/** No password, code, token or full phone number in any answer or signal, the development endpoints apart. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { demoUser } from '../../local/users.ts';
import { bearer, eventually, type Http, openHttp, type Reply, withKey } from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp({ environment: { SMS_QUOTA_PER_PHONE: '3' } });
});
afterEach(() => http.close());

const { username, password, phone } = demoUser;

/** Everything that a caller can be told, gathered by one client that does it all. */
async function everything(): Promise<{ replies: Reply[]; secrets: string[]; tokens: string[] }> {
  const replies: Reply[] = [];
  const say = async (reply: Promise<Reply>) => {
    replies.push(await reply);
    return reply;
  };
  const begun = async () => String((await say(http.post('/logins', { username, password }))).body['loginId']);
  const wrongPassword = 'a wrong pass phrase';
  await say(http.post('/logins', { username, password: wrongPassword }));
  await say(http.post('/logins', { username, password, phone }));

  const good = await begun();
  const code = await http.code(good);
  const wrong = await http.wrong(good);
  await say(http.submit(good, wrong));
  await say(http.submit(good, `${code}0`));
  await say(http.post(`/logins/${good}/resend`));
  await http.advance(30);
  await say(http.post(`/logins/${good}/resend`));
  const { body } = await say(http.submit(good, code, withKey('k')));
  const { token } = body['session'] as { token: string };
  await say(http.submit(good, wrong, withKey('k')));
  await say(http.submit(good, code));
  await say(http.get(`/logins/${good}`));
  await say(http.get('/session', bearer(token)));
  await say(http.del('/session', bearer(token)));

  const bad = await begun();
  const badCode = await http.code(bad);
  for (const step of [1, 2, 3]) await say(http.submit(bad, await http.wrong(bad, step)));
  await say(http.get(`/logins/${bad}`));
  await say(http.post('/logins', { username, password }));
  return { replies, secrets: [password, wrongPassword, code, wrong, badCode], tokens: [token] };
}

test('no answer tells what it must not', async () => {
  const { replies, secrets, tokens } = await everything();
  expect(new Set(replies.map(({ status }) => status))).toEqual(
    new Set([200, 201, 202, 204, 400, 401, 409, 422, 423, 429]),
  );
  for (const { text, headers } of replies) {
    const told = text.replaceAll(tokens[0] ?? '', '') + JSON.stringify([...headers]);
    for (const secret of [...secrets, phone, phone.slice(1), phone.slice(-7)])
      expect(told).not.toContain(secret);
    expect(told).not.toMatch(/node_modules|\.ts:\d|\bat .+\(/);
  }
});

test('a token is told once: to whoever submitted the code', async () => {
  const { replies } = await everything();
  expect(replies.filter(({ text }) => text.includes('eyJ'))).toHaveLength(1);
});

test('no signal holds personal data', async () => {
  const { secrets, tokens } = await everything();
  await http.faults({ sms: 'permanent' });
  const loginId = await http.begin(await http.user('someone'));
  await eventually(
    () => http.stateOf(loginId),
    (state) => state === 'DeliveryFailed',
  );
  expect(http.signals.length).toBeGreaterThan(10);
  expect(new Set(http.signals.map(({ type }) => type))).toContain('effect');
  const text = JSON.stringify(http.signals);
  for (const secret of [...secrets, ...tokens, phone, phone.slice(-7), username, http.from.address, '•'])
    expect(text).not.toContain(secret);
});

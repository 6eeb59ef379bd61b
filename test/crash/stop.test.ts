/** SIGTERM under load: no answered request is lost, and no request is cut off. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { codeOf, processes, type Started } from '../support/process.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';
import { byChance } from './chance.ts';
import {
  expectStillTrue,
  finished,
  load,
  pause,
  type Told,
  unlimited,
  until,
  user,
  wrongCode,
} from './clients.ts';

let folder: ReturnType<typeof temporaryFolder>;
const start = processes();
beforeEach(async () => {
  folder = temporaryFolder();
  await seed(folder.path, user);
});
afterEach(() => folder.remove());

const run = () => start(folder.path, unlimited);

const { username, password } = user;
const byItself = { code: 0, signal: null, stderr: '' };
/** No client is silent, so nothing is waited for; but a machine may have other work. */
const SOON_MS = 20_000;
const loginOf = async (detent: Started) =>
  String((await detent.post('/logins', { username, password })).body['loginId']);

byChance(
  'whatever clients were told before it is so after it, and the process ends by itself',
  async (chance) => {
    const detent = await run();
    const told: Told[] = [];
    const clients = load(detent, told, 8);
    await until(() => finished(told) >= 3, clients);
    await pause(chance.below(200));
    const before = performance.now();
    expect(await detent.stop('SIGTERM')).toMatchObject(byItself);
    expect(performance.now() - before).toBeLessThan(SOON_MS);
    await clients;
    await expectStillTrue(await run(), told);
  },
);

interface Asked {
  method: string;
  path: string;
  body?: JsonObject;
  token?: string;
  status: number;
}

/** One request of every kind, each with the status of its answer. */
async function everyKind(detent: Started) {
  const [right, wrong, again, gone, shown, left] = await Promise.all(
    Array.from({ length: 6 }, () => loginOf(detent)),
  );
  const [code, other, leaving] = await Promise.all(
    [right, wrong, left].map((loginId) => codeOf(detent, String(loginId))),
  );
  const { body } = await detent.post(`/logins/${left}/otp`, { code: leaving });
  const { token } = body['session'] as { token: string };
  const asked: Asked[] = [
    { method: 'POST', path: '/logins', body: { username, password }, status: 201 },
    { method: 'POST', path: '/logins', body: { username, password: 'wrong' }, status: 401 },
    { method: 'POST', path: `/logins/${right}/otp`, body: { code: String(code) }, status: 200 },
    { method: 'POST', path: `/logins/${wrong}/otp`, body: { code: wrongCode(String(other)) }, status: 401 },
    { method: 'POST', path: `/logins/${again}/resend`, status: 202 },
    { method: 'DELETE', path: `/logins/${gone}`, status: 200 },
    { method: 'GET', path: `/logins/${shown}`, status: 200 },
    { method: 'DELETE', path: '/session', token, status: 204 },
    { method: 'GET', path: '/dev/sms', status: 200 },
    { method: 'GET', path: '/.well-known/jwks.json', status: 200 },
  ];
  return { asked, ids: { right, wrong, again, gone }, token };
}

/** A connection that is kept open between requests. */
function connection(detent: Started) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return ({ method, path, body, token }: Omit<Asked, 'status'>) => {
    const sent = Promise.withResolvers<void>();
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request(detent.url + path, { agent, method, headers }, resolve);
      outgoing.once('error', reject);
      outgoing.end(body && JSON.stringify(body), () => sent.resolve());
    }).then(async (response) => {
      const content = await text(response);
      return { status: response.statusCode, whole: response.complete, content };
    });
    return { sent: sent.promise, answer };
  };
}

test('every request that was sent before it is answered whole, on new connections and on old ones', async () => {
  const detent = await run();
  const sets = await Promise.all(Array.from({ length: 8 }, () => everyKind(detent)));
  await detent.post('/dev/clock', { advanceSeconds: 31 });
  const all = sets.flatMap(({ asked }) => asked);
  const connections = all.map(() => connection(detent));
  const old = connections.filter((_, index) => index % 20 < 10);
  await Promise.all(old.map((send) => send({ method: 'GET', path: '/dev/sms' }).answer));

  // Stopped while they are sent, so that all of them are there when it learns of the signal.
  detent.child.kill('SIGSTOP');
  const under = all.map((asked, index) => connections[index]?.(asked));
  await Promise.all(under.map((one) => one?.sent));
  detent.child.kill('SIGTERM');
  detent.child.kill('SIGCONT');

  const answers = await Promise.allSettled(under.map((one) => one?.answer));
  const seen = answers.map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason)));
  expect(seen).toEqual(all.map(({ status }) => expect.objectContaining({ status, whole: true })));
  const before = performance.now();
  expect(await detent.ended).toMatchObject(byItself);
  expect(performance.now() - before).toBeLessThan(SOON_MS);

  const again = await run();
  const view = async (loginId: unknown) => (await again.get(`/logins/${loginId}`)).body;
  for (const { ids, token } of sets) {
    expect(await view(ids.right)).toMatchObject({ state: 'LoggedIn' });
    expect(await view(ids.wrong)).toMatchObject({ state: 'WaitForOtpInput', attemptsLeft: 2 });
    expect(await view(ids.again)).toMatchObject({ state: 'WaitForOtpInput', resendsLeft: 2 });
    expect(await view(ids.gone)).toMatchObject({ state: 'Cancelled' });
    expect((await again.get('/session', { authorization: `Bearer ${token}` })).status).toBe(401);
  }
  const created = seen.flatMap((one) =>
    typeof one === 'object' && one.status === 201 ? [String(JSON.parse(one.content).loginId)] : [],
  );
  expect(created).toHaveLength(sets.length);
  for (const loginId of created) expect(await codeOf(again, loginId)).toMatch(/^\d{6}$/);
});

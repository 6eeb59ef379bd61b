/** kill -9 while SMS are on their way, on a phone network that fails: what nobody knows is done again, and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { deriveCode } from '../../flows/mfa-login/otp.ts';
import { type Answered, processes, type Started } from '../support/process.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';
import { byChance, type Chance } from './chance.ts';
import { pause, unlimited, until, untilGone, user, wrongCode } from './clients.ts';
import { expectAllAtRest, inboxOf, unknownsIn } from './sent.ts';

const KILLS = 3;
const CLIENTS = 12;
const { username, password } = user;

const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  folder = temporaryFolder();
  await seed(folder.path, user);
});
afterEach(() => folder.remove());

/** One request with a key of its own, and its answer if one came. */
interface Asked {
  key: string;
  path: string;
  body?: JsonObject;
  answer?: Answered;
}

const ask = (detent: Started, { key, path, body }: Asked) =>
  detent.post(path, body, { 'idempotency-key': key });

/** The code of a login, whether its SMS has come or not. */
async function codeOf(detent: Started, loginId: string): Promise<string> {
  const { otp } = JSON.parse(readFileSync(join(folder.path, 'keys.json'), 'utf8'));
  const { body } = await detent.get(`/dev/flows/mfa-login/${loginId}`);
  const { data } = body['record'] as unknown as { data: { codeCounter: number } };
  return deriveCode(otp, loginId, data.codeCounter);
}

/** Begins logins and goes on with any that are known, until the process is gone. */
async function client(detent: Started, asked: Asked[], logins: string[], chance: Chance, name: string) {
  const tell = async (path: string, body?: JsonObject): Promise<JsonObject> => {
    const request: Asked = { key: `${name} ${asked.length}`, path, ...(body && { body }) };
    asked.push(request);
    request.answer = await ask(detent, request);
    expect(request.answer.status).toBeLessThan(500);
    return request.answer.body;
  };
  for (;;) {
    logins.push(String((await tell('/logins', { username, password }))['loginId']));
    const loginId = chance.pick(logins);
    const path = `/logins/${loginId}`;
    const step = chance.below(4);
    if (step === 0) await tell(`${path}/resend`);
    if (step === 1) await tell(`${path}/otp`, { code: await codeOf(detent, loginId) });
    if (step === 2) await tell(`${path}/otp`, { code: wrongCode(await codeOf(detent, loginId)) });
  }
}

/** Load from many clients on this phone network until the kill. Returns what the process said on stderr. */
async function killed(phone: string, asked: Asked[], logins: string[], chance: Chance, round: number) {
  const detent = await start(folder.path, unlimited);
  await detent.post('/dev/faults', { sms: phone });
  // Now resends are allowed, and SMS that failed are due again.
  if (chance.below(2) === 0) await detent.post('/dev/clock', { advanceSeconds: 31 });
  const gone = untilGone(
    Array.from({ length: CLIENTS }, (_, n) => client(detent, asked, logins, chance.split(), `${round} ${n}`)),
  );
  const answered = () => asked.filter(({ answer }) => answer).length;
  const enough = answered() + 3 * CLIENTS;
  await until(() => answered() >= enough, gone);
  await pause(chance.below(200));
  const { stderr } = await detent.stop('SIGKILL');
  await gone;
  return stderr;
}

for (const phone of ['transient', 'ambiguous'])
  byChance(`on a phone network that is ${phone} at times`, async (chance) => {
    const asked: Asked[] = [];
    const logins: string[] = [];
    let log = '';
    for (let kill = 0; kill < KILLS; kill++) {
      log += await killed(kill === 0 ? phone : chance.pick(['none', phone]), asked, logins, chance, kill);
    }
    const detent = await start(folder.path, unlimited);
    await expectSessions(detent, asked);
    await expectSameAnswers(detent, asked);
    // Everything that is still open gets its next try, and then every code has expired.
    for (const advanceSeconds of [240, 61]) await detent.post('/dev/clock', { advanceSeconds });
    const messages = await inboxOf(detent);
    const { code, stderr } = await detent.stop();
    expect(code).toBe(0);
    const unknown = unknownsIn(log + stderr);
    // A kill between the note that nobody knows and its report leaves only the count of attempts.
    expectAllAtRest(folder.path, messages, (id, attempt) =>
      phone === 'ambiguous' ? Math.max(attempt - 1, unknown(id)) : unknown(id),
    );
  });

async function expectSessions(detent: Started, asked: Asked[]): Promise<void> {
  const given = asked.flatMap(({ path, answer }) => {
    const { session } = (answer?.body ?? {}) as { session?: { token: string } };
    return session ? [{ loginId: path.split('/')[2], token: session.token }] : [];
  });
  expect(given.length).toBeGreaterThan(0);
  for (const { loginId, token } of given) {
    const session = await detent.get('/session', { authorization: `Bearer ${token}` });
    expect(session).toMatchObject({ status: 200, body: { sub: username, loginId } });
  }
}

/** A token is signed afresh for every answer; its claims are the same. */
function withClaims({ status, body }: Answered): unknown {
  const { session, ...rest } = body as { session?: { token: string } };
  return { status, ...rest, claims: session?.token.split('.')[1] };
}

/** What wrote nothing is not remembered, and may be otherwise by now. */
const isRemembered = ({ status }: Answered) => status !== 409 && status !== 429;

/** Every request once more: as it was answered; and where no answer came, twice the same from now on. */
async function expectSameAnswers(detent: Started, asked: Asked[]): Promise<void> {
  for (const request of asked) {
    const first = request.answer ?? (await ask(detent, request));
    if (isRemembered(first)) expect(withClaims(await ask(detent, request))).toEqual(withClaims(first));
  }
}

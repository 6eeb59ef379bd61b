/** Logins through the whole engine: deliver, the definition, the actions, the table, the relay and its mark. */
import { randomBytes } from 'node:crypto';
import { deriveCode } from '../flows/mfa-login/otp.ts';
import { defaultSettings } from '../flows/mfa-login/settings.ts';
import { openRuntime, type Runtime } from '../local/runtime.ts';
import { putUser } from '../local/users.ts';

/** Passwords are not what is measured here. */
const cheap = { N: 16, r: 1, p: 1 };
const UNLIMITED = 1_000_000_000;

/**
 * @param concurrency how many logins are under way at once.
 * @returns logins per second; each is two events, an SMS and its mark.
 */
export async function engineLogins(dataDir: string, logins: number, concurrency: number): Promise<number> {
  const runtime = await openRuntime({
    dataDir,
    settings: { ...defaultSettings, smsQuotaPerHour: UNLIMITED, smsQuotaPerDay: UNLIMITED },
    observe: () => {},
    // The phone is not ours: the relay and its mark are measured, not what an inbox would store.
    phone: { send: async () => ({ receipt: 'bench' }) },
  });
  for (let n = 0; n < concurrency; n++) {
    const phone = `+1555${String(n).padStart(7, '0')}`;
    await putUser(runtime.table, { username: `user-${n}`, password: 'secret', phone }, cheap);
  }
  await many(runtime, Math.min(logins, 500), concurrency);
  await runtime.idle();
  const begin = performance.now();
  await many(runtime, logins, concurrency);
  // The last marks are part of the work.
  await runtime.idle();
  const seconds = (performance.now() - begin) / 1000;
  await runtime.close();
  return logins / seconds;
}

async function many(runtime: Runtime, logins: number, concurrency: number): Promise<void> {
  const left = Array.from({ length: logins }).values();
  await Promise.all(
    Array.from({ length: concurrency }, async (_, user) => {
      for (const _turn of left) await login(runtime, `user-${user}`);
    }),
  );
}

async function login({ deliverer, secret, mfaLogin: { flow } }: Runtime, username: string): Promise<void> {
  const flowId = randomBytes(16).toString('base64url');
  const tell = (type: string, payload: { [field: string]: string }) =>
    deliverer.deliver({ flow, flowId, event: { id: `${flowId}-${type}`, type, payload } });
  const begun = await tell('LoginRequested', { username, password: 'secret', source: '192.0.2.1' });
  if (!('record' in begun)) throw new Error(`login: ${begun.status}`);
  const code = deriveCode(await secret('otp'), flowId, Number(begun.record.data['codeCounter']));
  const done = await tell('OtpSubmitted', { code });
  if (!('state' in done) || done.state !== 'LoggedIn') throw new Error(`code: ${done.status}`);
}

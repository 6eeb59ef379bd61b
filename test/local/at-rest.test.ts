/** No code, password or token at rest or in any log line; the phone number in the tables alone. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { order } from '../support/checkouts.ts';
import { codeOf, type Started, start } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';
import { sessionEvent, signed } from '../support/webhooks.ts';

const user = { username: 'somebody', password: 'Tr0ub4dor&3 with späces', phone: '+15555550142' };
const wrongPassword = 'a-pass-phrase-that-is-wrong';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** The ways in which a text may be in a file: as it is, escaped, encoded, or hashed without a key. */
function forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) => {
    const digest = () => createHash(name).update(secret);
    return [digest().digest('hex'), digest().digest('base64'), digest().digest('base64url')];
  });
  // Base64 looks different at each of three offsets; the letters that do not depend on the neighbours stay.
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64url');
    return text.slice(shift === 0 ? 0 : shift + 1, -2);
  });
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    Buffer.from(secret, 'utf16le').toString('latin1'),
    bytes.toString('latin1'),
    ...shifted,
    ...hashes,
  ];
}

/** Where a secret is found, by file. A code counts only where it stands alone: it may be part of a longer number. */
function found(texts: { [name: string]: string }, secrets: { [name: string]: string }): string[] {
  return Object.entries(texts).flatMap(([file, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) => {
      const alone = /^\d{6}$/.test(secret) ? [new RegExp(`(?<!\\d)${secret}(?!\\d)`)] : [];
      const long = forms(secret).filter((form) => form !== secret || alone.length === 0);
      const hit = alone.some((pattern) => pattern.test(text)) || long.some((form) => text.includes(form));
      return hit ? [`${name} in ${file}`] : [];
    }),
  );
}

/** Every file of the folder, byte by byte. */
const files = (): { [name: string]: string } =>
  Object.fromEntries(
    readdirSync(folder.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')]),
  );

const webhookSecret = 'whsec_that_is_nowhere_at_rest';

/** Everything a login can go through, with every secret it shows on the way. */
async function everything(detent: Started): Promise<{ [name: string]: string }> {
  const { username, password } = user;
  const login = async () => String((await detent.post('/logins', { username, password })).body['loginId']);
  await detent.post('/dev/users', user);
  await detent.post('/logins', { username, password: wrongPassword }, { 'idempotency-key': 'k' });

  const good = await login();
  const code = await codeOf(detent, good);
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const otp = (body: JsonObject) => detent.post(`/logins/${good}/otp`, body, { 'idempotency-key': wrong });
  await otp({ code: wrong });
  await detent.post('/dev/clock', { advanceSeconds: 30 });
  await detent.post(`/logins/${good}/resend`);
  await detent.post('/dev/faults', { sms: 'ambiguous', signing: 'permanent' });
  const { status } = await detent.post(`/logins/${good}/otp`, { code });
  expect(status).toBe(503);
  const unsure = await codeOf(detent, await login());
  await detent.post('/dev/faults', { sms: 'permanent', signing: 'none' });
  await login();
  const { body } = await detent.post(`/logins/${good}/otp`, { code });
  const { token } = body['session'] as { token: string };
  await detent.get('/session', { authorization: `Bearer ${token}` });
  const [header = '', payload = '', signature = ''] = token.split('.');
  return { password, wrongPassword, code, wrong, unsure, header, payload, signature };
}

test('a search of the data folder and of the output finds none', async () => {
  const detent = await start(folder.path, { STRIPE_WEBHOOK_SECRET: webhookSecret });
  const secrets = { ...(await everything(detent)), webhookSecret };
  // Signed with that secret; and an order that fails, with the customer's address.
  await detent.post('/checkouts', order);
  const { body, headers } = signed(sessionEvent('checkout.session.completed', 'nobody'), {
    secret: webhookSecret,
  });
  const told = await fetch(`${detent.url}/webhooks/stripe`, { method: 'POST', body, headers });
  expect(told.status).toBe(200);
  const running = files();
  expect(Object.keys(running).sort()).toEqual([
    ...['address', 'detent.db', 'detent.db-wal', 'facts.ndjson'],
    ...['gateway.db', 'gateway.db-shm', 'gateway.db-wal', 'keys.json'],
    ...['warehouse.db', 'warehouse.db-shm', 'warehouse.db-wal'],
  ]);
  // The search can find something: what is known to be there.
  expect(found(running, { name: user.username, phone: user.phone })).toContain('phone in detent.db-wal');
  expect(found(running, secrets)).toEqual([]);

  await detent.post('/dev/clock', { advanceSeconds: 100_000 });
  const { code, stdout, stderr } = await detent.stop();
  expect(code).toBe(0);
  expect(found(files(), secrets)).toEqual([]);

  expect(stderr).toContain('"status":"failed"');
  const { phone, username } = user;
  const unwanted = {
    ...secrets,
    phone,
    digits: phone.slice(1),
    end: phone.slice(-7),
    username,
    email: order.email,
  };
  expect(found({ stdout, stderr }, unwanted)).toEqual([]);
}, 20_000);

test('the search itself sees each form', () => {
  for (const form of forms(user.password))
    expect(found({ file: `…${form}…` }, user)).toContain('password in file');
  expect(found({ file: '"code":"123456"' }, { code: '123456' })).toEqual(['code in file']);
  expect(found({ file: '"at":1234567' }, { code: '123456' })).toEqual([]);
  for (const shift of ['', 'x', 'xy']) {
    const text = Buffer.from(`${shift}${user.password}!!`).toString('base64url');
    expect(found({ file: text }, { password: user.password })).toEqual(['password in file']);
  }
});

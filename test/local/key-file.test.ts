/** The key file: private, made once, refused when it is not as it should be, and never quoted. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openKeyFile } from '../../adapters/embedded/key-file.ts';
import { signSession, verifySession } from '../../flows/mfa-login/session.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { refuse } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'keys.json');
});
afterEach(() => folder.remove());

const mode = (file: string) => statSync(file).mode & 0o777;
const write = (text: string) => {
  writeFileSync(path, text);
  chmodSync(path, 0o600);
};

test('is made with mode 0600, whatever the umask, and nothing else is left', async () => {
  const before = process.umask(0);
  try {
    await openKeyFile(path, { create: true });
  } finally {
    process.umask(before);
  }
  expect(mode(path)).toBe(0o600);
  expect(existsSync(`${path}.new`)).toBe(false);
});

test('holds 256 bits for each secret, all different, and a key that signs', async () => {
  const secret = await openKeyFile(path, { create: true });
  const plain = await Promise.all(['otp', 'identity', 'requests'].map(secret));
  for (const text of plain) expect(Buffer.from(text, 'base64url')).toHaveLength(32);
  expect(new Set(plain).size).toBe(3);
  const now = new Date('2026-11-24T12:00:00Z');
  const claims = {
    sub: 'demo',
    loginId: 'x',
    issuedAt: now.toISOString(),
    expiresAt: '2026-11-24T12:15:00.000Z',
  };
  const token = await signSession(await secret('signing'), claims, defaultSettings);
  expect(await verifySession(await secret('signing'), token, now, defaultSettings)).toEqual(claims);
});

test('is the same the next time, and another one elsewhere', async () => {
  const first = await (await openKeyFile(path, { create: true }))('otp');
  expect(await (await openKeyFile(path, { create: true }))('otp')).toBe(first);
  expect(await (await openKeyFile(join(folder.path, 'other.json'), { create: true }))('otp')).not.toBe(first);
});

test('is not made anew beside existing data', async () => {
  await expect(openKeyFile(path, { create: false })).rejects.toThrow(
    /keys\.json is missing beside existing data/,
  );
  expect(existsSync(path)).toBe(false);
});

test('gives no secret that it does not have', async () => {
  const secret = await openKeyFile(path, { create: true });
  for (const name of ['stripe', 'toString', '__proto__'])
    await expect(secret(name)).rejects.toThrow(/has no secret/);
});

test.each(['640', '604', '660', '644', '620'])(
  'is refused with mode %s, and says how to mend it',
  async (wide) => {
    await openKeyFile(path, { create: true });
    chmodSync(path, Number.parseInt(wide, 8));
    await expect(openKeyFile(path, { create: true })).rejects.toThrow(
      /may be read by others\. Run: chmod 600 .*keys\.json/,
    );
    expect(mode(path).toString(8)).toBe(wide);
  },
);

describe('is refused when damaged, and left as it is', () => {
  const damage: [string, (text: string) => string][] = [
    ['empty', () => ''],
    ['cut', (text) => text.slice(0, -10)],
    ['no JSON', () => 'otp=1234'],
    ['a list', () => '[]'],
    ['without a secret', (text) => text.replace('"identity"', '"identify"')],
    ['with a short secret', (text) => text.replace(/"otp":"[^"]+"/, '"otp":"short"')],
    ['with a signing key that is no key', (text) => text.replace(/"signing":".*"}/, '"signing":"garbage"}')],
    ['with a signing key that lacks a part', (text) => text.replace(/\\"d\\":\\"[^"]+\\",?/, '')],
    [
      'with a signing key that is off the curve',
      (text) => text.replace(/\\"x\\":\\"..../, '\\"x\\":\\"AAAA'),
    ],
  ];
  test.each(damage)('%s', async (_name, change) => {
    await openKeyFile(path, { create: true });
    const text = readFileSync(path, 'utf8');
    write(change(text));
    await expect(openKeyFile(path, { create: true })).rejects.toThrow(
      /keys\.json is damaged\. Restore it from a backup/,
    );
    expect(readFileSync(path, 'utf8')).toBe(change(text));
  });

  test('and its content is not quoted', async () => {
    write('{"otp":"a-secret-that-is-too-short","signing":"another-secret');
    await expect(openKeyFile(path, { create: true })).rejects.not.toThrow(/too-short|another/);
  });
});

test('the process says so in one line and ends with 1', async () => {
  await openKeyFile(path, { create: true });
  chmodSync(path, 0o640);
  const readable = refuse(folder.path);
  const other = temporaryFolder();
  writeFileSync(join(other.path, 'keys.json'), '{"otp":', { mode: 0o600 });
  const damaged = await refuse(other.path);
  expect(await readable).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Detent cannot start\. .*chmod 600[^\n]+\n$/),
  });
  expect(damaged).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Detent cannot start\. .*is damaged[^\n]+\n$/),
  });
  other.remove();
});

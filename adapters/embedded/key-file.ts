import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';
import type { Secrets } from '../../core/ports.ts';

const schema = z.strictObject({
  /** Derives one-time codes; 256 bits. */
  otp: z.string().min(43),
  /** Hashes names, phone numbers and addresses. */
  identity: z.string().min(43),
  /** Hashes idempotency keys and requests. */
  requests: z.string().min(43),
  /** Signs sessions: a private JWK, as JSON text. */
  signing: z.string().min(1),
});

/** A key file that this process must not use. The message says what is wrong and what to do. */
export class KeyFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyFileError';
  }
}

/**
 * The secrets of an embedded runtime: one JSON file, mode 0600.
 *
 * @param options.create whether to make the file where there is none.
 * @throws KeyFileError where the file is missing or damaged, or others may read it.
 */
export async function openKeyFile(path: string, options: { create: boolean }): Promise<Secrets> {
  if (!existsSync(path)) {
    if (!options.create) {
      throw new KeyFileError(
        `${path} is missing beside existing data. Restore it from a backup, or move the data away to start afresh.`,
      );
    }
    await create(path);
  }
  if ((statSync(path).mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw new KeyFileError(`${path} may be read by others. Run: chmod 600 ${path}`);
  }
  const keys = await parse(path);
  return async (name) => {
    if (!Object.hasOwn(keys, name)) throw new KeyFileError(`${path} has no secret called ${name}`);
    return keys[name as keyof typeof keys];
  };
}

async function create(path: string): Promise<void> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = () => randomBytes(32).toString('base64url');
  const keys = {
    otp: key(),
    identity: key(),
    requests: key(),
    signing: JSON.stringify(await exportJWK(privateKey)),
  };
  writeFileSync(`${path}.new`, JSON.stringify(keys), { mode: 0o600, flush: true });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
}

/** Never quotes the content. */
async function parse(path: string): Promise<z.infer<typeof schema>> {
  const text = readFileSync(path, 'utf8');
  try {
    const keys = schema.parse(JSON.parse(text));
    // Found at the start, not at the first login.
    const signing = await importJWK(JSON.parse(keys.signing), 'ES256');
    if ('type' in signing && signing.type === 'private') return keys;
    throw new Error('not a private key');
  } catch {
    throw new KeyFileError(
      `${path} is damaged. Restore it from a backup; without it, running logins cannot go on.`,
    );
  }
}

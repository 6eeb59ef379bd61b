/**
 * A login without any engine: the rows of the limits, and the cryptography that a login cannot do without, by the flow's own
 * functions. What our figures lack of this one is what the engine costs.
 */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { exportJWK, generateKeyPair } from 'jose';
import { keyedHash } from '../../core/keyed-hash.ts';
import { codesEqual, deriveCode, smsBody } from '../../flows/mfa-login/otp.ts';
import { hashPassword, passwordMatches } from '../../flows/mfa-login/password.ts';
import { signSession } from '../../flows/mfa-login/session.ts';
import { defaultSettings as settings } from '../../flows/mfa-login/settings.ts';
import { cheap } from '../logins.ts';
import { commit, newKey, note, writer } from './rows.ts';
import { type Run, runOf } from './run.ts';

export interface ByHand {
  /** @param together logins that go in step and share each commit; 1: one login after the other. */
  run(logins: number, together: number): Promise<Run>;
}

/** @param db as for the limits. */
export async function openByHand(db: DatabaseSync): Promise<ByHand> {
  const write = writer(db);
  const key = randomBytes(32).toString('base64url');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const signing = JSON.stringify(await exportJWK(privateKey));
  const stored = await hashPassword('secret', randomBytes(16), cheap);
  // As many as the flow makes: of a payload, an account, an address, a phone.
  const hashes = (...purposes: string[]) => purposes.map((purpose) => keyedHash(key, purpose, 'anything'));

  async function group(ids: string[], times: number[]): Promise<void> {
    const begin = performance.now();
    const passed = await Promise.all(
      ids.map(async () => {
        hashes('fingerprint', 'account', 'source', 'phone');
        return passwordMatches('secret', stored);
      }),
    );
    commit(db, () => {
      for (const [n, id] of ids.entries()) write.creation(id, `phone-${n}`);
    });
    const created = performance.now();
    for (const id of ids) smsBody(deriveCode(key, id, created), settings.codeSeconds);
    note(db, () => {
      for (const id of ids) write.mark(id);
    });
    const sent = performance.now();
    const tokens = await Promise.all(
      ids.map(async (id) => {
        hashes('fingerprint', 'account');
        const code = deriveCode(key, id, created);
        if (!codesEqual(code, code)) throw new Error('a code is not itself');
        const at = new Date().toISOString();
        return signSession(signing, { sub: 'user', loginId: id, issuedAt: at, expiresAt: at }, settings);
      }),
    );
    commit(db, () => {
      for (const id of ids) write.session(id);
    });
    const end = performance.now();
    if (!passed.every(Boolean) || tokens.length !== ids.length) throw new Error('a login by hand failed');
    for (const _id of ids) times.push(created - begin, end - sent);
  }

  return {
    async run(logins, together) {
      const times: number[] = [];
      const begin = performance.now();
      let done = 0;
      for (; done < logins; done += together) await group(Array.from({ length: together }, newKey), times);
      return runOf(done, times, begin, performance.now());
    },
  };
}

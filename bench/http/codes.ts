import { readFileSync } from 'node:fs';
import { deriveCode } from '../../flows/mfa-login/otp.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';

/**
 * Derives codes as the server does: no request is made for them, and no time taken from it.
 *
 * @param keyFile of the server.
 */
export function codesOf(keyFile: string): (login: { loginId: string; expiresAt: string }) => string {
  const key = String(JSON.parse(readFileSync(keyFile, 'utf8')).otp);
  // The counter of a code is the instant at which its login was created.
  return ({ loginId, expiresAt }) =>
    deriveCode(key, loginId, Date.parse(expiresAt) - defaultSettings.codeSeconds * 1_000);
}

/** Session tokens: ES256 JWTs (RFC 7519). */
import { calculateJwkThumbprint, createLocalJWKSet, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import type { Settings } from './settings.ts';

export interface SessionClaims {
  sub: string;
  loginId: string;
  /** ISO 8601 UTC, whole seconds. */
  issuedAt: string;
  expiresAt: string;
}

type Audience = Pick<Settings, 'issuer' | 'audience'>;

/** Parsed once per key: importing costs more than signing. */
const signers = new Map<
  string,
  Promise<{ key: Awaited<ReturnType<typeof importJWK>>; kid: string; jwk: JWK }>
>();

/** @param signing the private key, a JWK as JSON text (EC, P-256). */
function signer(signing: string) {
  const known = signers.get(signing);
  if (known) return known;
  const made = (async () => {
    const jwk = JSON.parse(signing) as JWK;
    return { jwk, key: await importJWK(jwk, 'ES256'), kid: await calculateJwkThumbprint(jwk) };
  })();
  signers.set(signing, made);
  return made;
}

/** Signs a session. The same claims give another, equally valid token each time. */
export async function signSession(
  signing: string,
  claims: SessionClaims,
  audience: Audience,
): Promise<string> {
  const { key, kid } = await signer(signing);
  return new SignJWT({ amr: ['pwd', 'otp', 'sms'] })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
    .setIssuer(audience.issuer)
    .setAudience(audience.audience)
    .setSubject(claims.sub)
    .setJti(claims.loginId)
    .setIssuedAt(new Date(claims.issuedAt))
    .setExpirationTime(new Date(claims.expiresAt))
    .sign(key);
}

/** The public keys, as they are published. */
export async function publicKeys(signing: string): Promise<{ keys: JWK[] }> {
  const { jwk, kid } = await signer(signing);
  const { d: _private, ...open } = jwk;
  return { keys: [{ ...open, kid, alg: 'ES256', use: 'sig' }] };
}

/**
 * The claims of a token, or undefined where it is not one of ours or has expired. Whether the session still is one, the
 * login's record tells.
 */
export async function verifySession(
  signing: string,
  token: string,
  now: Date,
  audience: Audience,
): Promise<SessionClaims | undefined> {
  try {
    const keys = createLocalJWKSet(await publicKeys(signing));
    const { payload } = await jwtVerify(token, keys, {
      ...audience,
      algorithms: ['ES256'],
      currentDate: now,
    });
    const { sub, jti, iat, exp } = payload;
    if (!sub || !jti || iat === undefined || exp === undefined) return undefined;
    return { sub, loginId: jti, issuedAt: fromSeconds(iat), expiresAt: fromSeconds(exp) };
  } catch (error) {
    // jose's errors all carry a code of their own; anything else is ours and not the caller's fault.
    if (typeof error === 'object' && error !== null && 'code' in error) return undefined;
    throw error;
  }
}

const fromSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString();

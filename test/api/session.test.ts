/** GET and DELETE /session, GET /.well-known/jwks.json, and the token itself. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { bearer, expectProblem, type Http, openHttp, withKey } from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const session = (token: string) => http.get('/session', bearer(token));
const publicKeys = async () => (await http.get('/.well-known/jwks.json')).body as unknown as JSONWebKeySet;

describe('the token', () => {
  test('is verified by the published keys, and its claims are exactly these', async () => {
    const now = Math.floor(http.runtime.clock.now() / 1000);
    const { loginId, token } = await http.session();
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await publicKeys()), {
      issuer: 'detent',
      audience: 'detent',
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
    const { iat = 0, exp = 0, ...claims } = payload;
    expect(claims).toEqual({
      iss: 'detent',
      aud: 'detent',
      sub: 'demo',
      jti: loginId,
      amr: ['pwd', 'otp', 'sms'],
    });
    expect(exp - iat).toBe(900);
    expect(iat).toBeGreaterThanOrEqual(now);
    expect(iat).toBeLessThanOrEqual(now + 2);
  });

  test('jwks has public keys only', async () => {
    const reply = await http.get('/.well-known/jwks.json');
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          alg: 'ES256',
          use: 'sig',
          kid: expect.any(String),
          x: expect.any(String),
          y: expect.any(String),
        },
      ],
    });
  });
});

describe('GET /session', () => {
  test('200 with the claims', async () => {
    const { loginId, token } = await http.session();
    const { status, body } = await session(token);
    expect({ status, body }).toEqual({
      status: 200,
      body: { sub: 'demo', loginId, expiresAt: expect.any(String) },
    });
    const { exp } = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
    expect(Date.parse(String(body['expiresAt']))).toBe(exp * 1000);
  });

  test('the scheme is written in any case', async () => {
    const { token } = await http.session();
    expect((await http.get('/session', { authorization: `bearer ${token}` })).status).toBe(200);
  });

  test('401 for no token, another scheme, or something that is no token', async () => {
    const { token } = await http.session();
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Bearer x',
      `Basic ${token}`,
      token,
      'Bearer a.b.c',
    ]) {
      const reply = await http.get('/session', authorization === '' ? {} : { authorization });
      expectProblem(reply, 401, 'invalid-session');
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('401 for a token with a letter changed anywhere', async () => {
    const { token } = await http.session();
    // The last letter of a part may hold bits that do not count; the one before it never does.
    for (const part of [0, 1, 2]) {
      const parts = token.split('.');
      const text = String(parts[part]);
      const at = Math.floor(text.length / 2);
      parts[part] = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      expectProblem(await session(parts.join('.')), 401, 'invalid-session');
    }
  });

  test('401 for claims signed by anybody else, or by nobody', async () => {
    const { loginId, token } = await http.session();
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const claims = new SignJWT({ amr: ['pwd', 'otp', 'sms'] })
      .setProtectedHeader({ alg: 'ES256', kid: String((await publicKeys()).keys[0]?.kid) })
      .setIssuer('detent')
      .setAudience('detent')
      .setSubject('demo')
      .setJti(loginId)
      .setIssuedAt()
      .setExpirationTime('10m');
    expectProblem(await session(await claims.sign(privateKey)), 401, 'invalid-session');

    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const [, payload] = token.split('.');
    expectProblem(await session(`${none}.${payload}.`), 401, 'invalid-session');
  });

  test('401 for a token that the public key signed as a shared secret', async () => {
    const { token } = await http.session();
    const payload = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
    const { keys } = await publicKeys();
    const confused = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(JSON.stringify(keys[0])));
    expectProblem(await session(confused), 401, 'invalid-session');
  });

  test('401 once the session is over', async () => {
    const { loginId, token } = await http.session();
    await http.advance(890);
    expect((await session(token)).status).toBe(200);
    await http.advance(11);
    expectProblem(await session(token), 401, 'invalid-session');
    expect(await http.stateOf(loginId)).toBe('SessionExpired');
  });

  test('401 once it is over, even before the reconciler has come by', async () => {
    const { token } = await http.session();
    http.runtime.clock.advance(900_000);
    expectProblem(await session(token), 401, 'invalid-session');
  });
});

describe('DELETE /session', () => {
  const logout = (token: string, headers = {}) => http.del('/session', { ...bearer(token), ...headers });

  test('204 without a body; afterwards the token is worth nothing', async () => {
    const { loginId, token } = await http.session();
    const reply = await logout(token);
    expect({ status: reply.status, text: reply.text }).toEqual({ status: 204, text: '' });
    expectProblem(await session(token), 401, 'invalid-session');
    expectProblem(await logout(token), 401, 'invalid-session');
    expect(await http.stateOf(loginId)).toBe('LoggedOut');
  });

  test('ends this session only', async () => {
    const [one, other] = [await http.session(), await http.session()];
    await logout(one.token);
    expect((await session(other.token)).status).toBe(200);
  });

  test('401 without a token', async () => {
    expectProblem(await http.del('/session'), 401, 'invalid-session');
  });

  test('the same Idempotency-Key gives 204 again', async () => {
    const { token } = await http.session();
    expect((await logout(token, withKey('bye'))).status).toBe(204);
    expect((await logout(token, withKey('bye'))).status).toBe(204);
  });
});

test('another installation signs with another key', async () => {
  const other = await openHttp();
  try {
    const { token } = await other.session();
    expectProblem(await session(token), 401, 'invalid-session');
  } finally {
    await other.close();
  }
});

/** Logins through the embedded HTTP server: a client in a second process, with passwords in earnest and without. */
import { availableParallelism } from 'node:os';
import { cheap, PASSWORD } from '../logins.ts';
import type { Bench, Part, Result } from '../report/result.ts';
import { runModule, startServer } from '../start/child.ts';
import type { Constants } from './bare.ts';
import type { Shots } from './cannon.ts';
import { codesOf } from './codes.ts';
import { contest, type Figures, type Shoot } from './rounds.ts';
import { type BenchServer, startDetent } from './server.ts';

/** The client against this server, whose keys it knows. */
const shooter =
  (url: string, keyFile: string, users: number): Shoot =>
  (logins, connections) =>
    runModule<Figures>('bench/http/cannon.ts', {
      ...{ url, keyFile, logins, connections },
      users: { count: users, password: PASSWORD },
    } satisfies Shots);

/** What the server answers to one login: the bare one answers the same, byte by byte. */
async function answersOf({ url, keyFile }: BenchServer): Promise<Constants> {
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as { loginId: string; expiresAt: string };
  };
  const view = await post('/logins', { username: 'user-0', password: PASSWORD });
  return { view, session: await post(`/logins/${view.loginId}/otp`, { code: codesOf(keyFile)(view) }) };
}

const CHEAP = {
  users: 256,
  quick: { rounds: 1, logins: { 1: 100, 64: 1_280 } },
  full: { rounds: 3, logins: { 1: 400, 16: 1_600, 64: 6_400, 256: 6_400 } },
};

/**
 * Without the cost of passwords: what is left is HTTP and the engine. Beside it the same requests to a server that does
 * nothing: the ratio says how much of what HTTP allows for, two requests a login, is kept.
 */
async function cheapLogins(bench: Bench): Promise<Result[]> {
  const server = await startDetent(bench.folder(), CHEAP.users, cheap);
  const bare = await startServer({
    module: 'bench/http/bare.ts',
    args: [JSON.stringify(await answersOf(server))],
  });
  const limit = shooter(bare.url, server.keyFile, CHEAP.users);
  const ours = shooter(server.url, server.keyFile, CHEAP.users);
  try {
    // Every user at least once: the first SMS to a phone makes its quota.
    for (const shoot of [limit, ours]) await shoot(1_280, 64);
    const sizes = bench.quick ? CHEAP.quick : CHEAP.full;
    const limitIs = { name: 'limit.http.requests', each: 2 };
    return await contest(bench, { name: 'cheap', sizes, limit, limitIs, ours });
  } finally {
    await Promise.all([server.stop(), bare.stop()]);
  }
}

const SCRYPT = {
  users: 16,
  quick: { rounds: 1, logins: { 1: 4, 16: 16 } },
  full: { rounds: 3, logins: { 1: 12, 16: 48 } },
};

/**
 * A thread for each processor: the limit is what the machine can do. The server has the four that Node gives it, as it is
 * started by its users; where there are more processors, UV_THREADPOOL_SIZE can give it more.
 */
const THREADS = { UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())) };

/** With real passwords: what the processors check in a second is the limit, and nearly all of the time. */
async function scryptLogins(bench: Bench): Promise<Result[]> {
  bench.progress('http, scrypt: users');
  const server = await startDetent(bench.folder(), SCRYPT.users);
  const ours = shooter(server.url, server.keyFile, SCRYPT.users);
  const limit: Shoot = (checks, atOnce) =>
    runModule<Figures>('bench/http/scrypt.ts', { checks, atOnce }, { environment: THREADS });
  try {
    await ours(SCRYPT.users, SCRYPT.users);
    const sizes = bench.quick ? SCRYPT.quick : SCRYPT.full;
    const limitIs = { name: 'limit.scrypt.checks', each: 1 };
    return await contest(bench, { name: 'scrypt', sizes, limit, limitIs, ours });
  } finally {
    await server.stop();
  }
}

export const part: Part = {
  name: 'http',
  title: 'Logins over HTTP, from a second process',
  quick: true,
  measure: async (bench) => [...(await cheapLogins(bench)), ...(await scryptLogins(bench))],
};

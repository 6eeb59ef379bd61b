/** Logins through the embedded HTTP server: a client in a second process, with passwords in earnest and without. */
import type { Bench, Part, Result } from '../report/result.ts';
import { median } from '../report/statistics.ts';
import { runModule, startServer } from '../start/child.ts';
import type { Constants } from './bare.ts';
import type { Hits, Shots } from './cannon.ts';
import { codesOf } from './codes.ts';
import { scryptChecks } from './scrypt.ts';
import { type BenchServer, cheap, PASSWORD, startDetent } from './server.ts';

const fire = (shots: Omit<Shots, 'users'>, count: number): Promise<Hits> =>
  runModule<Hits>('bench/http/cannon.ts', { ...shots, users: { count, password: PASSWORD } });

const perSecond = ({ logins, seconds }: Hits): number => logins / seconds;

const times = (name: string, hits: Hits[]): Result[] => [
  { name: `${name}.p50`, value: median(hits.map(({ p50 }) => p50)), unit: 'ms' },
  { name: `${name}.p99`, value: median(hits.map(({ p99 }) => p99)), unit: 'ms' },
];

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

const CHEAP = { users: 256, connections: 64 };

/**
 * Without the cost of passwords: what is left is HTTP and the engine. Beside it the same requests to a server that does
 * nothing: the ratio says how much of what HTTP allows for, two requests a login, is kept.
 */
async function cheapLogins(bench: Bench, rounds: number, logins: number): Promise<Result[]> {
  const server = await startDetent(bench.folder(), CHEAP.users, cheap);
  const bare = await startServer({
    module: 'bench/http/bare.ts',
    args: [JSON.stringify(await answersOf(server))],
  });
  const name = `http.logins.cheap.c${CHEAP.connections}`;
  try {
    const { connections, users } = CHEAP;
    const shots = { connections, logins, keyFile: server.keyFile };
    const [hits, besides]: [Hits[], Hits[]] = [[], []];
    await fire({ ...shots, url: server.url }, users);
    await fire({ ...shots, url: bare.url }, users);
    for (let round = 1; round <= rounds; round++) {
      bench.progress(`${name}: round ${round} of ${rounds}`);
      besides.push(await fire({ ...shots, url: bare.url }, users));
      hits.push(await fire({ ...shots, url: server.url }, users));
    }
    const value = median(hits.map(perSecond));
    const requests = 2 * median(besides.map(perSecond));
    const limit = requests / 2;
    return [
      { name: 'limit.http.requests', value: requests, unit: '/s' },
      { name, value, unit: '/s', limit, ratio: value / limit },
      ...times(name, hits),
    ];
  } finally {
    await Promise.all([server.stop(), bare.stop()]);
  }
}

const SCRYPT = { connections: 16 };

/** With real passwords: what the processors check in a second is the limit, and nearly all of the time. */
async function scryptLogins(bench: Bench, rounds: number, each: number): Promise<Result[]> {
  const { connections } = SCRYPT;
  const name = `http.logins.scrypt.c${connections}`;
  bench.progress(`${name}: users`);
  const server = await startDetent(bench.folder(), connections);
  try {
    const shots = { url: server.url, connections, keyFile: server.keyFile };
    const [hits, checks]: [Hits[], number[]] = [[], []];
    await fire({ ...shots, logins: connections }, connections);
    for (let round = 1; round <= rounds; round++) {
      bench.progress(`${name}: round ${round} of ${rounds}`);
      checks.push(await scryptChecks(each));
      hits.push(await fire({ ...shots, logins: each * connections }, connections));
    }
    const [value, limit] = [median(hits.map(perSecond)), median(checks)];
    return [
      { name: 'limit.scrypt.checks', value: limit, unit: '/s' },
      { name, value, unit: '/s', limit, ratio: value / limit },
      ...times(name, hits),
    ];
  } finally {
    await server.stop();
  }
}

export const part: Part = {
  name: 'http',
  title: 'Logins over HTTP, from a second process',
  quick: true,
  measure: async (bench) => [
    ...(await cheapLogins(bench, bench.quick ? 1 : 3, bench.quick ? 1_280 : 6_400)),
    ...(await scryptLogins(bench, bench.quick ? 1 : 3, bench.quick ? 1 : 5)),
  ],
};

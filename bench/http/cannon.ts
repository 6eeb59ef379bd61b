/** The second process: logs in over HTTP with autocannon, so many at once, and says how it went. */
import autocannon from 'autocannon';
import { quantile } from '../report/statistics.ts';
import { inputOf, say } from '../start/child.ts';
import { codesOf } from './codes.ts';
import type { Figures } from './rounds.ts';
import { loginScript } from './script.ts';

export interface Shots {
  url: string;
  connections: number;
  /** Of all connections together; each does as many as the others. */
  logins: number;
  users: { count: number; password: string };
  /** Of the server. */
  keyFile: string;
}

/** As long as the slowest may take where passwords are hashed in earnest, in seconds. */
const PATIENCE = 60;

const { url, connections, logins, users, keyFile } = inputOf<Shots>();
let user = 0;
let last = 0;
const now = () => (last = performance.now());
const { requests, tally } = loginScript({
  nextUser: () => ({ username: `user-${user++ % users.count}`, password: users.password }),
  code: codesOf(keyFile),
  now,
});
const begin = performance.now();
const { errors, timeouts, non2xx } = await autocannon({
  ...{ url, connections, requests, timeout: PATIENCE },
  // A connection stops after its share of requests: so nobody goes on alone, and no login is left half done.
  amount: 2 * logins,
});
const { took } = tally;
if (errors + timeouts + non2xx > 0 || took.length !== logins)
  throw new Error(
    `${took.length} of ${logins} logins: ${JSON.stringify({ errors, timeouts, refused: tally.refused })}`,
  );
// From the first request to the last answer.
const seconds = (last - begin) / 1_000;
say({
  perSecond: logins / seconds,
  ...{ p50: quantile(took, 0.5), p99: quantile(took, 0.99) },
} satisfies Figures);

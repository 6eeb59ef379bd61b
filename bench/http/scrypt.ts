/** The limit of passwords: how many `crypto.scrypt` checks in a second, at the cost of the product, in a process that does nothing else. */
import { hashPassword, passwordMatches } from '../../flows/mfa-login/password.ts';
import { inLanes } from '../logins.ts';
import { quantile } from '../report/statistics.ts';
import { inputOf, say } from '../start/child.ts';
import type { Figures } from './rounds.ts';

const { checks, atOnce } = inputOf<{ checks: number; atOnce: number }>();
const stored = await hashPassword('secret', Buffer.alloc(16, 1));
const times: number[] = [];
const begin = performance.now();
await inLanes(checks, atOnce, async () => {
  const from = performance.now();
  await passwordMatches('secret', stored);
  times.push(performance.now() - from);
});
const seconds = (performance.now() - begin) / 1_000;
say({
  perSecond: checks / seconds,
  ...{ p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
} satisfies Figures);

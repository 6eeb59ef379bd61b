/** What the rounds of part 1 come to. */
import type { Result } from '../report/result.ts';
import { median } from '../report/statistics.ts';
import { BESIDE, CONCURRENCIES, GROUPS } from './contenders.ts';
import type { Work } from './engine.ts';
import { COMMITS, FSYNCS, ROWS } from './rows.ts';
import type { Run } from './run.ts';

/** Of each contender the runs, one for each round. */
export type Rounds = Map<string, Run[]>;

export function resultsOf(rounds: Rounds, work: Work): Result[] {
  const middle = (contender: string, figure: keyof Run): number =>
    median((rounds.get(contender) ?? []).map((run) => run[figure]));
  const beside = (
    name: string,
    of: [contender: string, figure: keyof Run],
    other: [contender: string, figure: keyof Run],
    unit: string,
  ): Result => {
    const [value, limit] = [middle(...of), middle(...other)];
    return { name, value, unit, limit, ratio: value / limit };
  };
  const limitAt = (n: number): string => (n === 1 ? 'plain' : `grouped.c${n}`);
  const logins = (name: string, contender: string, other: string): Result =>
    beside(name, [contender, 'logins'], [other, 'logins'], '/s');
  return [
    { name: 'limit.plain.logins', value: middle('plain', 'logins'), unit: '/s' },
    ...GROUPS.map((n) => logins(`limit.grouped.logins.c${n}`, limitAt(n), 'plain')),
    ...CONCURRENCIES.map((n) => logins(`engine.logins.c${n}`, `engine.c${n}`, limitAt(n))),
    ...CONCURRENCIES.flatMap((n) => [
      beside(`engine.p50.c${n}`, [`engine.c${n}`, 'p50'], [limitAt(n), 'p50'], 'ms'),
      beside(`engine.p99.c${n}`, [`engine.c${n}`, 'p99'], [`engine.c${n}`, 'p50'], 'ms'),
    ]),
    ...BESIDE.flatMap((n) => [
      logins(`limit.byhand.logins.c${n}`, `byhand.c${n}`, limitAt(n)),
      logins(`engine.beside.byhand.c${n}`, `engine.c${n}`, `byhand.c${n}`),
    ]),
    ...BESIDE.flatMap((n) => [
      logins(`peer.xstate.logins.c${n}`, `xstate.c${n}`, limitAt(n)),
      logins(`engine.beside.xstate.c${n}`, `engine.c${n}`, `xstate.c${n}`),
    ]),
    logins('peer.xstate.instep.logins.c64', 'xstate.instep.c64', limitAt(64)),
    logins('engine.beside.xstate.instep.c64', 'engine.c64', 'xstate.instep.c64'),
    counted('events', work.events, 2),
    counted('messages', work.messages, 1),
    counted('rows', work.rows, ROWS),
    counted('transactions', work.transactions, COMMITS),
    counted('durable', work.durable, FSYNCS),
  ];
}

/** @param limit what the login of the limits needs. */
const counted = (what: string, value: number, limit: number): Result => ({
  ...{ name: `engine.work.${what}`, value, unit: 'count', limit },
  ratio: value / limit,
});

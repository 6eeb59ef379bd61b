/** The plots of docs/performance.md, by the names of the results that they show. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../result.ts';
import { bars } from './bars.ts';
import { lines } from './lines.ts';

type Values = Map<string, Result>;

const AT_ONCE = [1, 16, 64, 256];
const EVENTS = [1, 10, 100];

const found = (results: Values, name: string): number | undefined => results.get(name)?.value;

const throughput = (results: Values): string =>
  bars({
    title: 'Durable logins per second',
    description:
      'For 1, 16, 64 and 256 logins at once: plain SQLite doing the same commits, a login by hand without an engine, the engine, and an XState machine with its snapshots in SQLite.',
    x: 'logins at once',
    y: 'logins per second',
    series: ['SQLite alone', 'by hand', 'engine', 'XState with SQLite'],
    groups: AT_ONCE.map((n) => ({
      name: String(n),
      values: [
        found(results, n === 1 ? 'limit.plain.logins' : `limit.grouped.logins.c${n}`),
        found(results, `limit.byhand.logins.c${n}`),
        found(results, `engine.logins.c${n}`),
        found(results, `peer.xstate.logins.c${n}`),
      ],
    })),
  });

const latency = (results: Values): string =>
  lines({
    title: 'Time for one event',
    description:
      'Half of the events, and all but one in a hundred, were answered within this time, by how many logins were under way at once; beside them the commit of plain SQLite.',
    x: 'logins at once',
    y: 'milliseconds',
    series: [
      series('p99', AT_ONCE, (n) => found(results, `engine.p99.c${n}`)),
      series('p50', AT_ONCE, (n) => found(results, `engine.p50.c${n}`)),
      series('SQLite alone, p50', AT_ONCE, (n) => results.get(`engine.p50.c${n}`)?.limit),
    ],
  });

const contention = (results: Values): string =>
  lines({
    title: 'Events at once on one instance',
    description:
      'Until all of 1, 10 and 100 events at once are answered: in one process, and from processes of their own that are 5 ms from the table; each beside as many events one after the other.',
    x: 'events at once',
    y: 'milliseconds for all',
    series: ['contention', 'contention.apart'].flatMap((way) => {
      const name = way === 'contention' ? 'one process' : 'apart';
      return [
        series(name, EVENTS, (n) => found(results, `${way}.n${n}.ms`)),
        series(`${name}, in turn`, EVENTS, (n) => results.get(`${way}.n${n}.ms`)?.limit),
      ];
    }),
  });

const growth = (results: Values): string =>
  lines({
    title: 'What one event costs where there is much',
    description:
      'The time for one event beside that where there is least: by how many instances are stored, how long the history of the instance is, how many events it has deferred. Level lines cost nothing.',
    x: 'how many',
    y: 'times the least',
    series: (
      [
        ['instances stored', 'growth.instances', [1e2, 1e4, 1e6]],
        ['entries in its history', 'growth.history', [10, 1e3, 1e5]],
        ['deferred events', 'growth.deferred', [10, 100]],
      ] as const
    ).map(([name, prefix, sizes]) =>
      series(
        name,
        sizes,
        (n) => (results.get(`${prefix}.${exponent(n)}`) ?? results.get(`${prefix}.${n}`))?.ratio,
      ),
    ),
  });

/** As most of the part's names have them: `1e4`. */
const exponent = (n: number): string => n.toExponential().replace('+', '');

/** The points that there are. */
export const series = (name: string, xs: readonly number[], of: (x: number) => number | undefined) => ({
  name,
  points: xs.flatMap((x) => {
    const y = of(x);
    return y === undefined || y <= 0 ? [] : [{ x, y }];
  }),
});

/** Which part a plot belongs to. Another is added here. */
const plots: { [file: string]: { part: string; draw: (results: Values) => string } } = {
  'engine-logins.svg': { part: 'engine', draw: throughput },
  'engine-latency.svg': { part: 'engine', draw: latency },
  'growth.svg': { part: 'growth', draw: growth },
  'contention.svg': { part: 'contention', draw: contention },
};

/** Draws the plots of these parts. @returns their texts by the names of their files. */
export function drawn(results: readonly Result[], parts: readonly string[]): { [file: string]: string } {
  const byName: Values = new Map(results.map((result) => [result.name, result]));
  return Object.fromEntries(
    Object.entries(plots).flatMap(([file, { part, draw }]) =>
      parts.includes(part) ? [[file, draw(byName)]] : [],
    ),
  );
}

/** Draws them into a folder, which is made where it is missing. */
export function writePlots(folder: string, results: readonly Result[], parts: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [file, svg] of Object.entries(drawn(results, parts))) writeFileSync(join(folder, file), svg);
}

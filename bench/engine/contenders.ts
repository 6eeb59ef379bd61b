/** All that part 1 measures beside each other: the limits, the login by hand, the peer, and the engine. */
import { join } from 'node:path';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { openByHand } from './by-hand.ts';
import { nothing, openEngine, type Work } from './engine.ts';
import { groupedLogins } from './grouped.ts';
import { plainLogins } from './plain.ts';
import type { Run } from './run.ts';
import { openPeer } from './xstate.ts';

export const CONCURRENCIES = [1, 16, 64, 256] as const;
export const GROUPS = [16, 64, 256] as const;
/** Where the login by hand and the peer are measured. */
export const BESIDE = [1, 64] as const;
const MOST = Math.max(...CONCURRENCIES);

export interface Contender {
  name: string;
  /** Logins of a round: fewer where each waits for the disk alone. */
  size: 'one' | 'many';
  run(logins: number): Run | Promise<Run>;
}

export interface Contenders {
  all: Contender[];
  /** What the engine needed for one login, counted: the most of any round. */
  work: Work;
  close(): Promise<void>;
}

export async function openContenders(folder: string): Promise<Contenders> {
  const db = openDataFile(join(folder, 'limit.db'));
  const byHand = await openByHand(db);
  const peer = await openPeer(join(folder, 'peer.db'), MOST);
  const engine = await openEngine(join(folder, 'engine'), MOST);
  // Every user once: the first SMS to a phone makes its quota.
  await engine.run(MOST, MOST);
  const work = nothing();
  const sizeAt = (concurrency: number): Contender['size'] => (concurrency === 1 ? 'one' : 'many');
  const all: Contender[] = [
    { name: 'plain', size: 'one', run: (logins) => plainLogins(db, logins) },
    ...GROUPS.map(
      (n): Contender => ({
        name: `grouped.c${n}`,
        size: 'many',
        run: (logins) => groupedLogins(db, logins, n),
      }),
    ),
    ...BESIDE.map(
      (n): Contender => ({ name: `byhand.c${n}`, size: sizeAt(n), run: (logins) => byHand.run(logins, n) }),
    ),
    ...BESIDE.map(
      (n): Contender => ({ name: `xstate.c${n}`, size: 'one', run: (logins) => peer.run(logins, n) }),
    ),
    { name: 'xstate.instep.c64', size: 'many', run: (logins) => peer.run(logins, 64, true) },
    ...CONCURRENCIES.map(
      (n): Contender => ({
        name: `engine.c${n}`,
        size: sizeAt(n),
        async run(logins) {
          const { work: needed, ...run } = await engine.run(logins, n);
          // Rounded by nothing: one row too many in one login shows.
          for (const figure of Object.keys(work) as (keyof Work)[])
            work[figure] = Math.max(work[figure], needed[figure] / logins);
          return run;
        },
      }),
    ),
  ];
  return {
    all,
    work,
    async close() {
      await engine.close();
      peer.close();
      db.close();
    },
  };
}

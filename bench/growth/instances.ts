/** What one event costs against instances in the table. */
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import type { World } from '../../test/support/world.ts';
import { newFlowId } from '../logins.ts';
import type { Bench } from '../report/result.ts';
import { dataFileOf, filled } from './fill.ts';
import { worldOn } from './template.ts';
import { middleOf, type Took, timed } from './times.ts';

export interface EventTimes {
  /** For one of the two events of a new login: medians. */
  login: Took;
  /** For the logout of one that was there. */
  logout: Took;
}

interface Samples {
  world: World;
  old: string[];
  login: Took[];
  logout: Took[];
}

/** Tables of these sizes take turns, so that a noisy neighbour disturbs all of them. */
export async function instanceGrowth(bench: Bench, sizes: readonly number[]): Promise<EventTimes[]> {
  const folders = [];
  for (const size of sizes) folders.push(await filled(bench, size));
  const opened = folders.map(({ folder, flowIds }) => ({ db: openDataFile(dataFileOf(folder)), flowIds }));
  try {
    const all: Samples[] = [];
    for (const { db, flowIds } of opened)
      all.push({ world: await worldOn(db), old: [...flowIds], login: [], logout: [] });
    // The first ones are for the compiler: they go to new logins alone.
    for (let turn = 0; turn < WARM; turn++) for (const one of all) await login({ ...one, login: [] });
    for (let turn = 0; turn < TURNS; turn++) for (const one of all) await login(one);
    for (let turn = 0; turn < LOGOUTS; turn++) for (const one of all) await logout(one);
    return all.map((one) => ({ login: middleOf(one.login), logout: middleOf(one.logout) }));
  } finally {
    for (const { db } of opened) db.close();
  }
}

const WARM = 200;
const TURNS = 500;
/** As many as there are in the smallest table. */
const LOGOUTS = 90;

async function login({ world, login }: Samples): Promise<void> {
  const flowId = newFlowId();
  const begun = await timed(() => world.begin(flowId));
  await world.relayAll(flowId);
  const code = world.code();
  const ended = await timed(() => world.tell(flowId, 'OtpSubmitted', { code }, flowId));
  login.push({
    clock: (begun.clock + ended.clock) / 2,
    processor: (begun.processor + ended.processor) / 2,
  });
  if ((await world.record(flowId))?.state !== 'LoggedIn')
    throw new Error('a login did not come to its session');
}

async function logout({ world, old, logout }: Samples): Promise<void> {
  const flowId = old.pop();
  if (flowId === undefined) throw new Error('there are too few instances');
  logout.push(await timed(() => world.tell(flowId, 'LogoutRequested', {}, flowId)));
  if ((await world.record(flowId))?.state !== 'LoggedOut') throw new Error('a logout did not go through');
}

/** Folders that are filled quickly hold instances like any other; what waits for time is found among them. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { copyInto, dataFileOf, fill, newFlowId } from '../../bench/growth/fill.ts';
import { worldOn } from '../../bench/growth/template.ts';
import type { Bench } from '../../bench/report/result.ts';
import { temporaryFolder } from '../support/tables.ts';

const folders: ReturnType<typeof temporaryFolder>[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

const bench: Bench = {
  quick: true,
  progress: () => {},
  folder() {
    const folder = temporaryFolder();
    folders.push(folder);
    return folder.path;
  },
};

describe('a filled folder', () => {
  test('holds so many logins, each with its own id, of which none is due', async () => {
    const { folder, flowIds } = await fill(bench, 50);
    expect(new Set(flowIds).size).toBe(50);
    const db = openDataFile(dataFileOf(folder));
    const world = await worldOn(db);
    for (const flowId of flowIds) {
      const record = await world.record(flowId);
      expect(record).toMatchObject({ flowId, state: 'LoggedIn' });
      expect(Date.parse(String(record?.deadline))).toBeGreaterThan(world.clock.now() + 29 * 86_400_000);
      expect(JSON.stringify(record)).not.toContain('login-of-22-characters');
    }
    expect(await world.reconcile()).toMatchObject({ records: 0, entries: 0 });
    db.close();
  });

  test('takes instances that are overdue: the reconciler ends them', async () => {
    const { folder, template } = await fill(bench, 10);
    const db = openDataFile(dataFileOf(folder));
    const world = await worldOn(db);
    const overdue = Array.from({ length: 20 }, newFlowId);
    copyInto(db, template, overdue, world.clock.now() - 60_000);
    expect(await world.reconcile()).toMatchObject({ records: 20, failures: 0 });
    for (const flowId of overdue)
      expect(await world.record(flowId)).toMatchObject({ state: 'SessionExpired' });
    db.close();
  });
});

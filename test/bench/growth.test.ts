/** Folders that are filled quickly hold instances like any other; what waits for time is found among them. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { copyInto, dataFileOf, fill } from '../../bench/growth/fill.ts';
import { heldIn } from '../../bench/growth/held.ts';
import { worldOn } from '../../bench/growth/template.ts';
import { newFlowId } from '../../bench/logins.ts';
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

describe('what the process holds', () => {
  const sampleAt = (logins: number, heap: number, rss: number) => ({ logins, heap, rss });
  const samples = [
    sampleAt(1e4, 10, 50),
    sampleAt(5e4, 15, 70),
    sampleAt(1e5, 12, 80),
    sampleAt(1.5e5, 11, 120),
    sampleAt(2e5, 11, 88),
  ];

  test('is the most since it has settled, not the last', () => {
    expect(heldIn(samples, 2e5)).toEqual([
      { name: 'memory.logins', value: 2e5, unit: 'count', limit: 2e5, ratio: 1 },
      { name: 'limit.memory.heap', value: 10, unit: 'bytes' },
      { name: 'memory.heap.most', value: 15, unit: 'bytes', limit: 10, ratio: 1.5 },
      { name: 'limit.memory.rss', value: 80, unit: 'bytes' },
      { name: 'memory.rss.most', value: 120, unit: 'bytes', limit: 80, ratio: 1.5 },
    ]);
  });

  test('on a slow machine is told as far as it came', () => {
    const names = (so: typeof samples) => heldIn(so, 2e5).map(({ name }) => name);
    expect(heldIn(samples.slice(0, 2), 2e5)[0]).toMatchObject({ value: 5e4, ratio: 0.25 });
    expect(names(samples.slice(0, 3))).toEqual(['memory.logins', 'limit.memory.heap', 'memory.heap.most']);
    expect(names([])).toEqual(['memory.logins']);
  });
});

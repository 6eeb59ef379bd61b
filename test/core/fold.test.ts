/** Folding a journal gives the record, at every version: over random machines and random events. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { persist, recordOf } from '../../core/persistence.ts';
import { project } from '../../core/transition.ts';
import type { Entry, InstanceRecord } from '../../core/types.ts';
import { createEngine, FLOW } from '../support/engine.ts';
import { machine, rulesOf, story } from './random-machine.ts';

test('folding a journal gives the record, at every version', async () => {
  await fc.assert(
    fc.asyncProperty(machine, story, async (behaviours, told) => {
      const engine = createEngine({ rules: rulesOf(behaviours) });
      const snapshots: InstanceRecord[] = [];
      try {
        await engine.tell('d', 'Made');
        for (const { type, n } of told) {
          await engine.tell('d', type, { n });
          const record = await engine.record('d');
          if (record) snapshots.push(record);
        }
        const entries = (await engine.entries('d')) as unknown as Entry[];
        expect(entries.map(({ version }) => version)).toEqual(entries.map((_, index) => index + 1));
        const folded = new Map<number, InstanceRecord>();
        let record: InstanceRecord | undefined;
        for (const entry of entries) {
          record = project(record, entry);
          folded.set(entry.version, record);
        }
        for (const snapshot of snapshots) expect(folded.get(snapshot.version)).toEqual(snapshot);
      } finally {
        engine.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('either policy gives the same record; an outbox keeps an entry only where there is an effect', async () => {
  await fc.assert(
    fc.asyncProperty(machine, story, async (behaviours, told) => {
      const [journal, outbox] = (['journal', 'outbox'] as const).map((persistence) =>
        createEngine({ rules: rulesOf(behaviours), persistence }),
      );
      if (!journal || !outbox) return;
      try {
        for (const engine of [journal, outbox]) {
          await engine.tell('d', 'Made', {}, 'made');
          for (const [index, { type, n }] of told.entries()) await engine.tell('d', type, { n }, `e${index}`);
        }
        // Only a journal is a chain.
        const { hash: _, ...projected } = (await journal.record('d')) ?? {};
        const record = (await outbox.record('d')) as InstanceRecord;
        // What was dropped is named by the entry in a journal, and by the trail in an outbox.
        const trail = record.trail.map(({ dropped: _, ...item }) => item);
        expect({ ...record, trail }).toEqual(projected);
        const named = (await journal.entries('d')).map(
          (entry) => (entry as unknown as Entry).deferred?.dropped,
        );
        expect(record.trail.map(({ dropped }) => dropped)).toEqual(named.slice(-record.trail.length));
        const withEffects = (await journal.entries('d')).filter(
          (entry) => (entry['effects'] as []).length > 0,
        );
        expect((await outbox.entries('d')).map(({ version }) => version)).toEqual(
          withEffects.map(({ version }) => version),
        );
      } finally {
        journal.close();
        outbox.close();
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('persist writes the record on condition of the version before, and the entry where none is', () => {
  const entry: Entry = {
    flow: FLOW,
    flowId: 'd',
    version: 7,
    event: { id: 'e', type: 'T', at: '2026-01-01T00:00:00.000Z' },
    from: 'A',
    to: 'B',
    facts: [],
    effects: [{ id: 'd/7/1', kind: 'bell' }],
    at: '2026-01-01T00:00:00.000Z',
    change: { set: { x: 1 }, removed: [] },
    rests: { deadline: '2026-01-01T00:05:00.000Z' },
    fingerprint: 'f',
    answer: { status: 'applied', outcome: 'B', view: {} },
  };
  const record = project(undefined, entry);
  const [first, second] = persist({ persistence: 'outbox' }, 6, record, entry);
  expect(first).toMatchObject({
    op: 'put',
    key: { table: 'flows', pk: 'door#d', sk: 'record' },
    if: { equals: { version: 6 } },
  });
  expect(first).toMatchObject({ item: { dueAt: '2026-01-01T00:05:00.000Z' } });
  expect(second).toMatchObject({ op: 'put', key: { sk: 'entry#0000000007' } });
  expect(second?.if).toBeUndefined();
  expect(persist({ persistence: 'journal' }, 6, record, entry)[1]).toMatchObject({ if: { absent: true } });
  const delivery = { 'd/7/1': { status: 'pending', attempt: 0 } };
  expect(second).toMatchObject({ item: { revision: 0, delivery, dueAt: '2026-01-01T00:01:00.000Z' } });
  expect(persist({ persistence: 'outbox' }, 0, record, { ...entry, effects: [] })).toEqual([
    expect.objectContaining({ if: { absent: true } }),
  ]);
  expect(first?.op === 'put' && recordOf(first.item)).toEqual(record);
});

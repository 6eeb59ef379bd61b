import { describe, expect, test } from '@jest/globals';
import { machinesOf } from '../../operations/machines.ts';
import { report } from '../../operations/report.ts';
import { judge, shortId, survey } from '../../operations/survey.ts';
import { machine, resting, scanOf } from './support.ts';

const now = '2026-11-25T12:00:00.000Z';
const door = machine(
  ['Shut', 'Open', 'Broken*'],
  [
    ['Shut', 'Opened'],
    ['Latched', 'Opened'],
    ['Open', 'Knocked'],
  ],
);
const machines = (renamings: { from: string; to: string }[] = []) =>
  machinesOf(new Map([['door', door]]), { door: renamings });

async function checked(instances: Parameters<typeof scanOf>, renamings: { from: string; to: string }[] = []) {
  const found = await survey(scanOf(...instances), { now });
  const verdict = judge(found, machines(renamings));
  return { found, verdict, ...report(found, verdict) };
}

describe('the survey', () => {
  test('counts by state, keeps a few ids, and knows how much it has read', async () => {
    const ids = ['abcdefghijkl', 'b', 'c', 'd'];
    const read: number[] = [];
    const scan = scanOf(...ids.map((id) => resting(id, 'Shut')), resting('e', 'Open'));
    const found = await survey(scan, { now, progress: (count) => read.push(count) });
    expect(found).toMatchObject({ read: 10, live: 5, expired: 0, unreadable: 0 });
    expect(found.groups).toMatchObject([
      { flow: 'door', state: 'Open', count: 1, ids: ['e'] },
      { flow: 'door', state: 'Shut', count: 4, ids: ['abcdefghijkl', 'b', 'c'] },
    ]);
    expect(read).toEqual([2, 4, 6, 8, 10]);
    expect(shortId('abcdefghijkl')).toBe('abcdef…');
  });

  test('does not count what has expired, to the very instant', async () => {
    const { found } = await checked([
      resting('a', 'Gone', { expiresAt: now }),
      resting('b', 'Broken', { expiresAt: '2026-11-25T12:00:00.001Z' }),
    ]);
    expect(found).toMatchObject({ live: 1, expired: 1, groups: [{ state: 'Broken' }] });
  });
});

describe('a check', () => {
  test('passes where the definition knows every state, also one that it only serves', async () => {
    const { refused, lines } = await checked([
      resting('a', 'Shut'),
      resting('b', 'Broken'),
      resting('c', 'Latched'),
    ]);
    expect(refused).toBe(false);
    expect(lines.at(-1)).toBe('Every instance rests in a state that its definition knows.');
  });

  test('refuses a state that is gone, and says what to do', async () => {
    const { refused, lines } = await checked([
      ...['secret-one', 'secret-two', 'secret-three', 'four'].map((id) => resting(id, 'Closed')),
      resting('e', 'Shut'),
    ]);
    const text = lines.join('\n');
    expect(refused).toBe(true);
    expect(text).toContain(
      'REFUSED: door: 4 instances in Closed (secret…, secret…, secret…): the definition has no such state.',
    );
    for (const remedy of [
      'bring it back into state-definitions/door.asl.json',
      'migrations.json',
      'wait until',
    ]) {
      expect(text).toContain(remedy);
    }
    expect(text).not.toMatch(/secret-/);
    expect(text).not.toContain('Every instance');
  });

  test('refuses a flow that has no definition, and records that are none', async () => {
    const other = await checked([resting('a', 'Shut', { flow: 'gate' })]);
    expect(other).toMatchObject({ refused: true });
    expect(other.lines.join()).toContain('there is no definition of gate');
    const strange = report(
      { ...other.found, unreadable: 2 },
      judge({ ...other.found, groups: [] }, machines()),
    );
    expect(strange.refused).toBe(true);
    expect(strange.lines.join()).toContain('2 records without flow, id or state');
  });

  test('passes with a renaming, and warns where the old name is not served meanwhile', async () => {
    const renamings = [
      { from: 'Closed', to: 'Shut' },
      { from: 'Latched', to: 'Shut' },
    ];
    const { refused, lines } = await checked([resting('a', 'Closed'), resting('b', 'Latched')], renamings);
    expect(refused).toBe(false);
    expect(lines.join('\n')).toContain(
      'Warning: door: 1 instance in Closed (a…): renamed to Shut, but Route has no row for Closed',
    );
    expect(lines.join('\n')).toContain(
      '\ndoor: 1 instance in Latched (b…): renamed to Shut, and served under both names',
    );
    expect(lines.at(-1)).toContain('Every other instance');
  });

  test('warns of deferred events that nothing accepts, or not the state that theirs becomes', async () => {
    const waiting = ['Knocked', 'Opened', 'Rung', 'Rung'];
    const { refused, verdict, lines } = await checked(
      [resting('a', 'Shut', { waiting }), resting('b', 'Closed', { waiting })],
      [{ from: 'Closed', to: 'Shut' }],
    );
    expect(refused).toBe(false);
    expect(verdict.dropped).toEqual([
      { flow: 'door', state: 'Closed', type: 'Knocked', count: 1 },
      { flow: 'door', state: 'Closed', type: 'Rung', count: 2 },
      { flow: 'door', state: 'Shut', type: 'Rung', count: 2 },
    ]);
    expect(lines.join('\n')).toContain('Warning: door: 2 deferred events in Shut (Rung) would be dropped');
  });

  test('an empty table is no proof', async () => {
    expect((await checked([])).lines.join()).toContain('nothing was compared');
  });
});

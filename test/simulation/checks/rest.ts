/** Invariant 7: nothing is stuck. And what was committed is what is there: the ground of all others. */
import type { EntryItem } from '../../../core/bookkeeping.ts';
import { recordOf } from '../../../core/persistence.ts';
import type { Item, Write } from '../../../core/types.ts';
import { nameOfKey } from '../../../core/writes.ts';
import type { Glance, Run } from '../run.ts';
import type { Happened } from '../world/trace.ts';
import type { Story } from './story.ts';
import { same, type Violation } from './violation.ts';

/** The schedule (97 s at the most), the lateness of the index (30 s), and the pass itself. */
const SLACK_MS = 180_000;

/** Everybody rests, in a final state or before a deadline; no entry and no deferred event waits for anybody. */
export function rests(glance: Glance, final: boolean): Violation[] {
  const late = new Date(Date.parse(glance.now) - SLACK_MS).toISOString();
  const stuck = (pk: string, message: string): Violation[] => [
    { invariant: 7, flowId: pk.split('#')[1] ?? '', message },
  ];
  return glance.items.flatMap(({ pk, sk, item }) => {
    if (sk !== 'record') {
      const { dueAt, version } = item as unknown as EntryItem;
      return dueAt !== undefined && dueAt < late
        ? stuck(pk, `the entry ${version} is due since ${dueAt}`)
        : [];
    }
    const { state, deadline, deferred } = recordOf(item as Item);
    if (deadline !== undefined && deadline < late) return stuck(pk, `${state} is overdue since ${deadline}`);
    if (deferred.some(({ due }) => due)) return stuck(pk, `a deferred event is due in ${state}`);
    if (final && item['dueAt'] !== undefined) return stuck(pk, `${state} is still in the index`);
    if (final && deadline !== undefined)
      return stuck(pk, `${state} is not final, and nothing more will happen`);
    if (final && deferred.length > 0) return stuck(pk, `an event is deferred for ever in ${state}`);
    return [];
  });
}

/** Who is not at the end has a deadline, a new one where the last has passed; who is there is kept for as long as agreed. */
export function bounded({ flow, moves }: Story): string[] {
  return moves.flatMap(({ before, record, last }) => {
    const { state, deadline, expiresAt, createdAt } = record;
    const wrong = (what: string) => [`version ${last.version} (${last.type}) in ${state} ${what}`];
    const final = flow.definition.States[state]?.Parameters?.['final'] === true;
    if (final !== (deadline === undefined)) return wrong(`has the deadline ${deadline}`);
    if (deadline !== undefined && last.type === 'DeadlinePassed' && deadline <= last.at)
      return wrong(`has a deadline that has passed: ${deadline}`);
    const kept = final ? flow.retentionSeconds(state) : undefined;
    const entered = before?.state === state ? before.expiresAt : undefined;
    const end = kept === undefined ? undefined : new Date(Date.parse(last.at) + kept * 1000).toISOString();
    if (expiresAt !== (entered ?? end)) return wrong(`is kept until ${expiresAt}`);
    return createdAt === (before?.createdAt ?? last.at) ? [] : wrong(`was created at ${createdAt}`);
  });
}

/** Whatever goes wrong: a deadline, a deferred event or a new effect waits no longer than this for somebody to see it. */
const PROMPT_MS = 600_000;

export function prompt({ moves, notes }: Story, gaps: Gap[]): string[] {
  const late = (since: number, until: number, what: string) =>
    until > since + PROMPT_MS + within(gaps, since, until)
      ? [`${what} waited for ${Math.round((until - since) / 1000)} s`]
      : [];
  const moved = moves.flatMap((move, index) => {
    const { last, before, record, at } = move;
    const next = moves[index + 1];
    return [
      ...(last.type === 'DeadlinePassed' ? late(Date.parse(before?.deadline ?? ''), at, 'a deadline') : []),
      ...(next && record.deferred.some(({ due }) => due) ? late(at, next.at, 'a deferred event') : []),
    ];
  });
  const seen = notes.flatMap(({ entry, before, at }) =>
    entry.revision === 1 && before ? late(Date.parse(entry.at), at, `the entry ${entry.version}`) : [],
  );
  return [...moved, ...seen];
}

/** A time in which no process ran at all: nobody can see anything then. */
interface Gap {
  from: number;
  to: number;
}

export function gapsOf(all: Happened[]): Gap[] {
  const gaps: Gap[] = [];
  let running = 0;
  let from = 0;
  for (const { what, at } of all) {
    if (what === 'started' && running++ === 0 && from > 0) gaps.push({ from, to: at });
    if (what === 'crashed' && --running === 0) from = at;
  }
  return gaps;
}

const within = (gaps: Gap[], since: number, until: number): number =>
  gaps.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - Math.max(from, since)), 0);

/** How soon a new entry is claimed where nothing goes wrong: the stream, the table, the work before it. */
const SOON_MS = 5_000;
/** What keeps somebody waiting although the entry itself has had no fault. */
const holdUps = new Set(['freeze', 'disk-full', 'read-failed']);

/** In fair weather the relay comes at once: nobody waits for the reconciler. */
export function soon({ notes, flowId }: Story, all: Happened[]): string[] {
  return notes.flatMap(({ entry, before, at }) => {
    const since = Date.parse(entry.at);
    if (entry.revision !== 1 || !before || at <= since + SOON_MS) return [];
    const heldUp = all.some(
      (one) =>
        one.at >= since - 70_000 &&
        one.at <= at &&
        (one.what === 'crashed' ||
          (one.what === 'fault' && (holdUps.has(one.kind) || one.subject.includes(flowId)))),
    );
    return heldUp ? [] : [`the entry ${entry.version} was claimed ${Math.round((at - since) / 1000)} s late`];
  });
}

/** Whatever goes wrong around it, the engine has an answer. */
export const unbroken = ({ around }: Run): Violation[] =>
  around.trace.of('threw').map(({ flowId, event, error }) => ({
    invariant: 7,
    flowId,
    message: `${event.type} ended in ${error}`,
  }));

/** Every committed transaction held its conditions, and all of them together made what is there. */
export function ledger({ around, initial, contents }: Run): Violation[] {
  const items = new Map(initial.map(({ key, item }) => [nameOfKey(key), item]));
  const violations: Violation[] = [];
  for (const { writes } of around.trace.of('committed')) {
    for (const write of writes) {
      if (!holds(write, items.get(nameOfKey(write.key)))) {
        violations.push({ invariant: 1, message: `a condition on ${nameOfKey(write.key)} did not hold` });
      }
    }
    for (const write of writes) apply(items, write);
  }
  const found = new Map(contents.map(({ key, item }) => [nameOfKey(key), item]));
  for (const name of new Set([...items.keys(), ...found.keys()])) {
    if (!same(items.get(name), found.get(name))) {
      violations.push({ invariant: 1, message: `${name} is not what was committed` });
    }
  }
  return violations;
}

function holds({ if: condition = {} }: Write, item: Item | undefined): boolean {
  if (condition.absent && item) return false;
  const equal = Object.entries(condition.equals ?? {}).every(([name, value]) => item?.[name] === value);
  const enough = Object.entries(condition.atLeast ?? {}).every(
    ([name, least]) => Number(item?.[name]) >= least,
  );
  return equal && enough;
}

function apply(items: Map<string, Item>, write: Write): void {
  const name = nameOfKey(write.key);
  if (write.op === 'put') items.set(name, write.item);
  if (write.op === 'delete') items.delete(name);
  if (write.op !== 'add') return;
  const item = { ...items.get(name), ...write.set };
  for (const [field, delta] of Object.entries(write.deltas)) {
    item[field] = Number(items.get(name)?.[field] ?? 0) + delta;
  }
  items.set(name, item);
}

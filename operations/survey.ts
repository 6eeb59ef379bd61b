/** Pure but for reading the scan: where instances rest, and what a definition makes of that. */
import { accepts, rows } from '../core/definition.ts';
import { serves } from '../core/migration.ts';
import type { Resting, Scan } from './instances.ts';
import type { Machine } from './machines.ts';

/** Instances of one flow in one state. */
export interface Group {
  flow: string;
  state: string;
  count: number;
  /** Some of their ids, whole: they are bearers, and never shown but by `shortId`. */
  ids: string[];
  /** By type: how many deferred events wait in them. */
  waiting: Map<string, number>;
}

export interface Survey {
  /** Items read, of every kind. */
  read: number;
  /** Instances that have not expired. */
  live: number;
  expired: number;
  unreadable: number;
  groups: Group[];
}

/** Whoever holds the id of an instance may act on it: only its beginning is shown. */
export const shortId = (flowId: string): string => `${flowId.slice(0, 6)}…`;

export interface SurveyOptions {
  /** ISO 8601 UTC: what has expired by then does not count. */
  now: string;
  /** How many ids are kept of a state; by default a few, as examples. */
  keep?: (flow: string, state: string) => number;
  progress?: (read: number) => void;
}

const EXAMPLES = 3;

export async function survey(scan: Scan, options: SurveyOptions): Promise<Survey> {
  const { now, keep = () => EXAMPLES, progress = () => {} } = options;
  const found = { read: 0, live: 0, expired: 0, unreadable: 0 };
  const groups = new Map<string, Group>();
  for await (const { read, instances, unreadable } of scan) {
    const live = instances.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
    found.read += read;
    found.live += live.length;
    found.expired += instances.length - live.length;
    found.unreadable += unreadable;
    for (const instance of live) count(groups, instance, keep(instance.flow, instance.state));
    progress(found.read);
  }
  return { ...found, groups: [...groups.values()].sort(byName) };
}

function count(groups: Map<string, Group>, { flow, flowId, state, waiting }: Resting, keep: number): void {
  const name = `${flow}#${state}`;
  const group: Group = groups.get(name) ?? { flow, state, count: 0, ids: [], waiting: new Map() };
  groups.set(name, group);
  group.count++;
  if (group.ids.length < keep) group.ids.push(flowId);
  for (const type of waiting) group.waiting.set(type, (group.waiting.get(type) ?? 0) + 1);
}

const byName = (one: Group, other: Group): number =>
  one.flow.localeCompare(other.flow) || one.state.localeCompare(other.state);

/** What the definitions make of the instances. */
export interface Verdict {
  /** In a state that nothing explains; `machine` is absent where the whole flow has no definition. */
  stranded: { group: Group; machine?: Machine }[];
  /** In a state that has another name now. `served`: until they have moved, the definition has rows for the old one. */
  renamed: { group: Group; to: string; served: boolean }[];
  /** Deferred events that the machine accepts no longer, or not in the state that theirs has become. */
  dropped: { flow: string; state: string; type: string; count: number }[];
}

export function judge({ groups }: Survey, machines: readonly Machine[]): Verdict {
  const verdict: Verdict = { stranded: [], renamed: [], dropped: [] };
  for (const group of groups) {
    const { flow, state } = group;
    const machine = machines.find((one) => one.flow === flow);
    if (!machine) {
      verdict.stranded.push({ group });
      continue;
    }
    const { definition, states, renamings } = machine;
    const served = serves(definition, state);
    const to = renamings.find(({ from }) => from === state)?.to;
    if (to !== undefined) verdict.renamed.push({ group, to, served });
    else if (!served && !states.some(({ name }) => name === state)) verdict.stranded.push({ group, machine });
    for (const [type, waiting] of group.waiting) {
      const kept =
        to === undefined
          ? rows(definition).some(({ event }) => event === type)
          : accepts(definition, to, type);
      if (!kept) verdict.dropped.push({ flow, state, type, count: waiting });
    }
  }
  return verdict;
}

/** Pure: what an instance has done, as marks on the picture of its machine. */
import type { InstanceView, TransitionView } from '../../local/inspector/views.ts';
import type { Marks } from '../drawing/machine.ts';
import { clockOf, spanOf } from './time.ts';

export interface InstanceMarks extends Marks {
  times: { [state: string]: string };
}

type Traced = Pick<InstanceView, 'state' | 'final' | 'transitions'>;

/** An event that was put off moves nothing. */
const moved = ({ status }: TransitionView): boolean => status === 'applied';

/** A stay in a state: since when, and until when where it is over. */
interface Stay {
  state: string;
  since: string;
  until?: string;
}

/** The stays of an instance, in order. What leads from a state to itself does not end a stay. */
export function staysOf({ transitions }: Pick<Traced, 'transitions'>): Stay[] {
  const stays: Stay[] = [];
  for (const { from, to, at } of transitions.filter(moved)) {
    const last = stays.at(-1);
    if (last && from === to) continue;
    if (last) last.until = at;
    stays.push({ state: to, since: at });
  }
  return stays;
}

/**
 * Where it is, which way it came, and on every state how long it was there (as often as it was), or since when it is.
 *
 * @param now in ms: instants of another day are shown with their date.
 */
export function marksOf(view: Traced, now: number): InstanceMarks {
  const times: { [state: string]: string } = {};
  for (const [state, stays] of Map.groupBy(staysOf(view), (stay) => stay.state)) {
    const over = stays.flatMap(({ since, until }) =>
      until === undefined ? [] : [Date.parse(until) - Date.parse(since)],
    );
    const last = stays.at(-1);
    const often = stays.length > 1 ? `${stays.length}× ` : '';
    if (last && last.until === undefined)
      times[state] = `${often}${view.final ? 'at' : 'since'} ${clockOf(last.since, now)}`;
    else times[state] = `${often}${spanOf(over.reduce((sum, ms) => sum + ms, 0))}`;
  }
  const path = view.transitions.filter(moved).map(({ from, to }) => ({ from, to }));
  return { current: view.state, path, times };
}

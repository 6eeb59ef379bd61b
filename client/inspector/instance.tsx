/** One instance, live: its machine, its history, its data; of a journal also as it was. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChangeNotice, InstanceView } from '../../local/inspector/views.ts';
import { type Fresh, useFlows, useFresh, useNow } from '../common/hooks.ts';
import { changedLines, linesOf } from './data-lines.ts';
import { Fields } from './fields.tsx';
import { Head, Stuck } from './head.tsx';
import { History } from './history.tsx';
import { Scroller } from './scroller.tsx';
import { Sheet } from './sheet.tsx';
import { marksOf } from './trace.ts';
import { Travel } from './travel.tsx';
import '../drawing/machine.css';
import './inspector.css';

export interface InstanceProps {
  flow: string;
  id: string;
  onClose?: () => void;
  /** The version to be looked at, where the page keeps that; with `onVersion`. Otherwise it is kept here. */
  version?: number | undefined;
  onVersion?: (version: number | undefined) => void;
  /** Makes the states of the drawing buttons. */
  onState?: (state: string) => void;
}

/** Shows an instance in whatever width there is. */
export function Instance({ flow, id, onClose, version: given, onVersion, onState }: InstanceProps) {
  const [own, setOwn] = useState<number>();
  useEffect(() => setOwn(undefined), [flow, id]);
  const version = onVersion ? given : own;
  const go = onVersion ?? setOwn;
  const now = useNow();
  const { view, before, problem, isThere } = useInstance(flow, id, version);
  const { value: flows } = useFlows();
  const known = flows?.flows.find(({ name }) => name === flow);
  const graph = known?.graph;
  const hasFlow = !flows || known !== undefined;
  // Of now only the day matters: the clock alone does not redraw it.
  const marks = useMemo(() => view && marksOf(view, now), [view]);
  if (!view) return <Absent {...{ flow, id, version, problem, hasFlow, isThere, onClose }} onVersion={go} />;
  const isPast = version !== undefined;
  const lines = before ? changedLines(view.data, before) : linesOf(view.data);
  const title = `${flow}: the way of this instance, now in ${view.state}`;
  return (
    <article class="instance" aria-label={`${flow} ${id}`}>
      <div class="instance-top">
        <Head {...{ view, now, isPast }} />
        {view.persistence === 'journal' && <Travel {...{ view, version }} onVersion={go} />}
        {onClose && (
          <button type="button" class="close" aria-label="Close this instance" onClick={onClose}>
            ✕
          </button>
        )}
      </div>
      {view.stuck && <Stuck reason={view.stuck} />}
      {problem?.kind === 'refused' && <p class="problem">{problem.detail}</p>}
      <Announced key={view.id} {...{ view, isPast }} />
      <div class="instance-body">
        {graph && <Sheet {...{ graph, title, marks, onState }} head={<h3>Machine</h3>} />}
        <Scroller class="pane pane-history" name="History">
          <h3>History</h3>
          <History {...{ view, now }} onVersion={view.persistence === 'journal' ? go : undefined} />
        </Scroller>
        <Scroller class="pane pane-data" name="Data">
          <h3>Data</h3>
          {lines.length > 0 ? (
            <Fields lines={lines} caption="Data of the instance" />
          ) : (
            <p class="aside">None.</p>
          )}
        </Scroller>
      </div>
    </article>
  );
}

/** An instance as it is or was; what was shown of it last stays until there is something newer. */
function useInstance(flow: string, id: string, version: number | undefined) {
  const path = `/inspect/api/flows/${encodeURIComponent(flow)}/instances/${encodeURIComponent(id)}`;
  const concerns = (notice: ChangeNotice) => notice.flow === flow && notice.id === id;
  const query = version === undefined ? '' : `?version=${version}`;
  const asked = useFresh<InstanceView>(path + query, { concerns });
  const shown = useRef<{ path: string; view: InstanceView } | undefined>(undefined);
  if (asked.value) shown.current = { path, view: asked.value };
  else if (shown.current?.path !== path || asked.problem?.kind === 'missing') shown.current = undefined;
  const view = shown.current?.view;
  const hasBefore = view?.persistence === 'journal' && view.version > 1;
  const previous = useFresh<InstanceView>(hasBefore ? `${path}?version=${view.version - 1}` : undefined);
  const before = view?.persistence === 'journal' && view.version === 1 ? {} : previous.value?.data;
  const isMissing = asked.problem?.kind === 'missing' && version !== undefined;
  const there = useFresh<InstanceView>(isMissing ? path : undefined);
  const isThere = there.value !== undefined;
  // Whether the version is missing, or the instance, is known when that has been answered.
  const problem = isMissing && !isThere ? there.problem : asked.problem;
  return { view, before, problem, isThere };
}

type AbsentProps = Pick<InstanceProps, 'flow' | 'id' | 'version'> & {
  problem: Fresh<unknown>['problem'];
  hasFlow: boolean;
  /** There is such an instance, but no such version of it. */
  isThere: boolean;
  onVersion: (version: number | undefined) => void;
  onClose: (() => void) | undefined;
};

function Absent({ flow, id, version, problem, hasFlow, isThere, onVersion, onClose }: AbsentProps) {
  const isOfThen = version !== undefined && (isThere || problem?.kind === 'refused');
  const noInstance = hasFlow
    ? `There is no ${flow} with this id, or no longer. Ids are case-sensitive; final ones are kept for a while only.`
    : `There is no flow ${flow} in this process.`;
  const words = {
    missing: isThere ? `There is no version ${version}.` : noInstance,
    silent: 'The process does not answer. It is asked again all the time.',
  };
  return (
    <article class="instance instance-absent" aria-label={`${flow} ${id}`}>
      <h2>
        {flow} <code class="instance-id">{id}</code>
      </h2>
      <p role="status">
        {problem ? (problem.kind === 'refused' ? problem.detail : words[problem.kind]) : 'Reading …'}
      </p>
      {isOfThen && (
        <button
          type="button"
          onClick={({ currentTarget }) => {
            onVersion(undefined);
            currentTarget.closest<HTMLElement>('main')?.focus();
          }}
        >
          Look at it as it is now
        </button>
      )}
      {onClose && (
        <button type="button" onClick={onClose}>
          Close
        </button>
      )}
    </article>
  );
}

/** Says what has changed to those who do not see it; in the past, that there is something newer. */
function Announced({ view, isPast }: { view: InstanceView; isPast: boolean }) {
  const known = useRef(view.newest);
  if (!isPast) known.current = view.newest;
  const isNewer = isPast && view.newest > known.current;
  return (
    <p role="status" class={isNewer ? 'newer' : 'hidden'}>
      {isNewer
        ? `A newer version is there: ${view.newest}.`
        : !isPast && `${view.flow} is in ${view.state}, version ${view.version}.`}
    </p>
  );
}

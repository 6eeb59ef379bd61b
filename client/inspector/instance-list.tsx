/** Instances, a line for each. */
import type { InstanceLine, InstancesView } from '../../local/inspector/views.ts';
import type { Fresh } from '../common/hooks.ts';
import { fragmentOf, type Only, type Route } from './route.ts';
import { Scroller } from './scroller.tsx';
import { ageOf } from './time.ts';
import { stuckWords } from './words.ts';

const none: { [List in Only]: string } = {
  newest: 'There are none.',
  overdue: 'None is overdue.',
  stuck: 'None is stuck.',
};

export interface InstanceListProps {
  route: Route;
  listed: Fresh<InstancesView>;
  now: number;
}

export function InstanceList({ route, listed: { value, problem }, now }: InstanceListProps) {
  const instances = value?.instances ?? [];
  return (
    <Scroller class="instances" name={`Instances, ${route.only}`}>
      {problem?.kind === 'silent' && !value && <p class="aside">The process does not answer.</p>}
      {problem?.kind === 'refused' && <p class="aside">{problem.detail}</p>}
      {problem?.kind === 'missing' && <p class="aside">There is no such flow.</p>}
      {value?.reading && <p class="aside">What was there before is still being read.</p>}
      {value && instances.length === 0 && <p class="aside">{none[route.only]}</p>}
      <ul>
        {instances.map((line) => (
          <Row key={`${line.flow}/${line.id}`} {...{ line, route, now }} />
        ))}
      </ul>
    </Scroller>
  );
}

function Row({ line, route, now }: { line: InstanceLine; route: Route; now: number }) {
  const { flow, id, state, final, at, stuck } = line;
  // The list stays what it is: of all flows, where it is of all.
  const to = { flow, id, only: route.only, state: route.state };
  return (
    <li>
      <a
        class="row"
        href={fragmentOf(to)}
        aria-current={route.id === id && route.flow === flow ? 'true' : undefined}
      >
        <span class={final ? 'row-state row-final' : 'row-state'}>{state}</span>
        <span class="row-age">{ageOf(at, now)}</span>
        <span class="row-id">
          {route.flow === undefined && <span>{flow} </span>}
          <code>{id}</code>
        </span>
        {stuck && (
          <span class="badge bad">
            <span aria-hidden="true">▲ </span>
            {stuckWords[stuck].word}
          </span>
        )}
      </a>
    </li>
  );
}

/** Which instances there are: of which flow, in which state, and what is the matter with them. */
import type { FlowView, InstancesView } from '../../local/inspector/views.ts';
import type { Fresh } from '../common/hooks.ts';
import { InstanceList } from './instance-list.tsx';
import { fragmentOf, lists, type Route } from './route.ts';
import type { Go } from './use-route.ts';

export interface SideProps {
  route: Route;
  go: Go;
  flows: FlowView[];
  listed: Fresh<InstancesView>;
  now: number;
}

export function Side({ route, go, flows, listed, now }: SideProps) {
  const { flow, only, state, id } = route;
  const states = flows.find(({ name }) => name === flow)?.graph.states ?? [];
  return (
    <aside class="side" aria-label="Instances">
      <nav aria-label="Flows" class="flows">
        <a href={fragmentOf({ only })} aria-current={flow === undefined ? 'true' : undefined}>
          all flows
        </a>
        {flows.map(({ name, persistence }) => (
          <a
            key={name}
            href={fragmentOf({ flow: name, only })}
            aria-current={flow === name ? 'true' : undefined}
          >
            {name} <span>{persistence}</span>
          </a>
        ))}
      </nav>
      <nav aria-label="Lists" class="lists">
        {lists.map((name) => (
          <a
            key={name}
            href={fragmentOf({ ...route, only: name, version: undefined })}
            aria-current={name === only ? 'true' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {states.length > 0 && (
        <label class="in-state">
          State{' '}
          <select
            value={state ?? ''}
            onChange={({ currentTarget }) => go({ ...route, state: currentTarget.value || undefined })}
          >
            <option value="">any</option>
            {states.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <InstanceList {...{ route, listed, now, id }} />
    </aside>
  );
}

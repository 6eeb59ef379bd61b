/** What is shown where no instance is chosen: the machines, and what is overdue. */
import type { FlowView, InstancesView } from '../../local/inspector/views.ts';
import { Overdue } from './overdue.tsx';
import { otherPages } from './pages.ts';
import { fragmentOf, type Route } from './route.ts';
import { Sheet } from './sheet.tsx';
import type { Go } from './use-route.ts';

export interface OverviewProps {
  route: Route;
  go: Go;
  flows: FlowView[];
  listed: InstancesView | undefined;
  now: number;
}

export function Overview({ route, go, flows, listed, now }: OverviewProps) {
  const flow = flows.find(({ name }) => name === route.flow);
  if (route.flow !== undefined && !flow && flows.length > 0) return <UnknownFlow name={route.flow} />;
  const isEmpty = listed?.instances.length === 0 && route.only === 'newest' && route.state === undefined;
  return (
    <div class="overview">
      {isEmpty ? <Empty /> : <p class="aside">Choose an instance in the list, or find one by its id.</p>}
      {flow && <OneFlow {...{ route, go, flow, listed }} />}
      <Overdue flow={route.flow} now={now} />
      {!flow && <Machines flows={flows} />}
    </div>
  );
}

const UnknownFlow = ({ name }: { name: string }) => (
  <p role="status">
    There is no flow {name}. <a href="#/">See all flows</a>.
  </p>
);

const Empty = () => (
  <section class="empty" aria-label="Nothing here yet">
    <h2>Nothing here yet</h2>
    <p>Start something, and watch it move:</p>
    <ul>
      {otherPages.map(({ name, path, to }) => (
        <li key={path}>
          <a href={path}>{name}</a>: {to}
        </li>
      ))}
    </ul>
  </section>
);

type OneFlowProps = Pick<OverviewProps, 'route' | 'go' | 'listed'> & { flow: FlowView };

/** A click on a state lists those that rest there; another one on the same lists all. */
function OneFlow({ route, go, flow, listed }: OneFlowProps) {
  const { name, graph, persistence } = flow;
  const counts: { [state: string]: number } = {};
  for (const { state } of listed?.instances ?? []) counts[state] = (counts[state] ?? 0) + 1;
  const marks = { counts, ...(route.state !== undefined && { current: route.state }) };
  const choose = (state: string) => go({ ...route, state: state === route.state ? undefined : state });
  return (
    <div class="one-flow">
      <h2>
        {name} <span class="aside">{persistence}</span>
      </h2>
      <p class="aside">
        Choose a state to list those in it. The numbers are those of the list at hand
        {route.state !== undefined && (
          <>
            ; it has those in {route.state} only.{' '}
            <a href={fragmentOf({ ...route, state: undefined })}>All states</a>
          </>
        )}
        .
      </p>
      <Sheet graph={graph} title={`Machine of ${name}`} marks={marks} onState={choose} />
    </div>
  );
}

const Machines = ({ flows }: Pick<OverviewProps, 'flows'>) => (
  <ul class="machines">
    {flows.map(({ name, persistence, graph }) => (
      <li key={name}>
        <Sheet
          graph={graph}
          title={`Machine of ${name}`}
          small
          head={
            <h2 class="machine-name">
              <a href={fragmentOf({ flow: name, only: 'newest' })}>{name}</a> <span>{persistence}</span>
            </h2>
          }
        />
      </li>
    ))}
  </ul>
);
